import { formatDuration } from "../core/format";
import type { Manifest, ObjectMeta } from "../core/manifest";

/** When a pod is ejected from load balancing. */
export interface OutlierDetection {
  readonly consecutiveErrors: number;
  readonly ejectionSeconds: number;
}

/** Ejects failing pods for a while, never more than half of them. */
export function destinationRule(metadata: ObjectMeta, host: string, outliers: OutlierDetection): Manifest {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata,
    spec: {
      host,
      trafficPolicy: {
        outlierDetection: {
          consecutive5xxErrors: outliers.consecutiveErrors,
          interval: "10s",
          baseEjectionTime: formatDuration(outliers.ejectionSeconds),
          maxEjectionPercent: 50,
        },
      },
    },
  };
}
