import type { Manifest, ObjectMeta } from "../../core/manifest";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { canonicalCount } from "../../core/values/quantity";
import { horizontalPodAutoscaler } from "../../kubernetes/horizontal-pod-autoscaler";
import type { Autoscaling } from "./schema";

/** Name under which the custom metrics API serves requests per second and pod. */
const REQUESTS_METRIC = "slipway_inference_requests_per_second";

/** The autoscaler of one Deployment. */
export function autoscalerManifest(metadata: ObjectMeta, deployment: string, autoscaling: Autoscaling): Manifest {
  const { minReplicas, maxReplicas, cpuUtilization, requestsPerSecond, scaleDownWindow } = autoscaling;
  return horizontalPodAutoscaler(metadata, {
    deployment,
    minReplicas,
    maxReplicas,
    cpuUtilization,
    podMetric:
      requestsPerSecond === undefined
        ? undefined
        : { name: REQUESTS_METRIC, average: canonicalCount(requestsPerSecond) },
    scaleDownSeconds: scaleDownWindow,
  });
}

/** Finds limits of replicas that do not fit together. */
export function checkReplicas({ minReplicas, maxReplicas }: Autoscaling, diagnostics: Diagnostics): void {
  if (minReplicas <= maxReplicas) return;
  diagnostics.error("SLW107", "autoscaling.minReplicas", {
    message: `${minReplicas} is more than maxReplicas, ${maxReplicas}.`,
    allowed: `1 to ${maxReplicas}`,
    fix: "Lower minReplicas or raise maxReplicas.",
  });
}
