import type { Manifest, ObjectMeta } from "../core/manifest";

/** The targets of an autoscaler, and its limits. */
export interface AutoscalerTarget {
  readonly deployment: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of the requested CPU. */
  readonly cpuUtilization: number;
  /** A metric of the pods and its target average. */
  readonly podMetric?: { readonly name: string; readonly average: string } | undefined;
  readonly scaleDownSeconds: number;
}

/** An autoscaler that adds replicas at once (doubling, or four more, every 15s) and removes a tenth of them per minute. */
export function horizontalPodAutoscaler(metadata: ObjectMeta, target: AutoscalerTarget): Manifest {
  const { deployment, minReplicas, maxReplicas, cpuUtilization, podMetric, scaleDownSeconds } = target;
  const cpu = {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuUtilization } },
  };
  const pods = podMetric && {
    type: "Pods",
    pods: { metric: { name: podMetric.name }, target: { type: "AverageValue", averageValue: podMetric.average } },
  };
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
      minReplicas,
      maxReplicas,
      metrics: pods ? [cpu, pods] : [cpu],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: "Max",
          policies: [
            { type: "Percent", value: 100, periodSeconds: 15 },
            { type: "Pods", value: 4, periodSeconds: 15 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: scaleDownSeconds,
          selectPolicy: "Max",
          policies: [{ type: "Percent", value: 10, periodSeconds: 60 }],
        },
      },
    },
  };
}
