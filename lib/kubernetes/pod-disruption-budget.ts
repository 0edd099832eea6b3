import type { Manifest, ObjectMeta } from "../core/manifest";

/** One pod at a time may be drained; a pod that is not ready never blocks a drain. */
export function podDisruptionBudget(metadata: ObjectMeta, selector: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata,
    spec: { maxUnavailable: 1, selector: { matchLabels: selector }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
  };
}
