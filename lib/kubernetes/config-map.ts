import type { Manifest, ObjectMeta } from "../core/manifest";

/** A ConfigMap of text files. */
export function configMap(metadata: ObjectMeta, data: Readonly<Record<string, string>>): Manifest {
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}
