import { formatDuration } from "../core/format";
import type { Manifest, ObjectMeta } from "../core/manifest";

/** How requests are balanced over the pods of a Service. */
export interface LoadBalancing {
  /** Consecutive failures after which a pod is ejected, and for how long. */
  readonly consecutiveErrors: number;
  readonly ejectionSeconds: number;
  /** Seconds over which the share of a new pod rises; 0 for its full share at once. */
  readonly slowStartSeconds: number;
}

/**
 * Ejects failing pods for a while, never more than half of them, and raises the share of new pods gradually. Slow start
 * needs an explicit algorithm; the least-request one is Istio's default. The field `warmup` exists since Istio 1.24.
 */
export function destinationRule(metadata: ObjectMeta, host: string, balancing: LoadBalancing): Manifest {
  const { consecutiveErrors, ejectionSeconds, slowStartSeconds } = balancing;
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata,
    spec: {
      host,
      trafficPolicy: {
        ...(slowStartSeconds > 0 && {
          loadBalancer: { simple: "LEAST_REQUEST", warmup: { duration: formatDuration(slowStartSeconds) } },
        }),
        outlierDetection: {
          consecutive5xxErrors: consecutiveErrors,
          interval: "10s",
          baseEjectionTime: formatDuration(ejectionSeconds),
          maxEjectionPercent: 50,
        },
      },
    },
  };
}
