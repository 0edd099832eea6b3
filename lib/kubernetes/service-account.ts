import type { Manifest, ObjectMeta } from "../core/manifest";

/** A ServiceAccount whose token is not mounted: a model server does not call the API server. */
export function serviceAccount(metadata: ObjectMeta): Manifest {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false };
}
