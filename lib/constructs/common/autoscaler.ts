import type { Manifest, ObjectMeta } from "../../core/manifest";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { canonicalCount } from "../../core/values/quantity";
import { horizontalPodAutoscaler } from "../../kubernetes/horizontal-pod-autoscaler";
import type { Autoscaling } from "./schema";

/** The autoscaler of one Deployment; `requestsMetric` names the requests per second in the custom metrics API. */
export function autoscalerManifest(
  metadata: ObjectMeta,
  deployment: string,
  autoscaling: Autoscaling,
  requestsMetric: string | undefined,
): Manifest {
  const { minReplicas, maxReplicas, cpuUtilization, requestsPerSecond, scaleDownWindow } = autoscaling;
  return horizontalPodAutoscaler(metadata, {
    deployment,
    minReplicas,
    maxReplicas,
    cpuUtilization,
    podMetric:
      requestsPerSecond === undefined || requestsMetric === undefined
        ? undefined
        : { name: requestsMetric, average: canonicalCount(requestsPerSecond) },
    scaleDownSeconds: scaleDownWindow,
  });
}

/** Reports limits of replicas that contradict each other. */
export function checkReplicas({ minReplicas, maxReplicas }: Autoscaling, diagnostics: Diagnostics): void {
  if (minReplicas <= maxReplicas) return;
  diagnostics.error("SLW107", "autoscaling.minReplicas", {
    message: `${minReplicas} is more than maxReplicas, ${maxReplicas}.`,
    allowed: `1 to ${maxReplicas}`,
    fix: "Lower minReplicas or raise maxReplicas.",
  });
}
