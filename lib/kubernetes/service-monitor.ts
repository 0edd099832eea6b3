import { formatDuration } from "../core/format";
import type { Manifest, ObjectMeta } from "../core/manifest";

/** Which Services are scraped, on which port and how often. */
export interface ScrapeTarget {
  readonly selector: Readonly<Record<string, string>>;
  readonly port: string;
  readonly path: string;
  readonly intervalSeconds: number;
}

/** A ServiceMonitor of the Prometheus Operator. */
export function serviceMonitor(metadata: ObjectMeta, target: ScrapeTarget): Manifest {
  const { selector, port, path, intervalSeconds } = target;
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata,
    spec: {
      selector: { matchLabels: selector },
      endpoints: [{ port, path, interval: formatDuration(intervalSeconds) }],
    },
  };
}
