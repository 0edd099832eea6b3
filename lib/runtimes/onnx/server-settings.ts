import { canonicalJson } from "../../core/canonical";
import { CONTRACT, latencyBounds } from "../../core/contract";
import { joinName } from "../../core/values/name";
import { memoryBytes } from "../../core/values/quantity";
import type { ServerSpec } from "../runtime";
import type { OnnxSettings } from "./schema";

/** Name of the file in the ConfigMap. */
export const SETTINGS_FILE = "server.json";

/** Name of the Service by which a shadow finds the replicas of the live version, where there is a shadow. */
export function liveServiceName(application: string): string {
  return joinName(application, "live");
}

/** The server's settings file, as text; environment variables carry the rest. */
export function serverSettings(spec: ServerSpec, { workers, threadsPerInference }: OnnxSettings): string {
  const { latencyObjectiveSeconds, maxBatchSize, maxRequestSize, grpc, predictPath, modelStorage } = spec;
  const http = {
    ...(maxRequestSize !== undefined && { bodyLimitBytes: memoryBytes(maxRequestSize) }),
    ...(predictPath !== undefined && { predictPath }),
  };
  const file = {
    batching: { maxBatchSize },
    buckets: { durationSeconds: latencyBounds(latencyObjectiveSeconds) },
    comparison: comparison(spec),
    // A pod that exceeds the volume's limit is evicted; it does not see a full disk.
    download: { diskLimitBytes: memoryBytes(modelStorage) },
    // The server's own defaults are not written.
    ...(!grpc && { grpc: { enabled: false } }),
    ...(Object.keys(http).length > 0 && { http }),
    ...(threadsPerInference !== undefined && { model: { threads: threadsPerInference } }),
    ...(workers !== undefined && { workers: { count: workers } }),
  };
  return `${canonicalJson(file, 2)}\n`;
}

/**
 * The same for every version, whether or not it is in a shadow today, so that none restarts when that changes: a server
 * serves its past predictions by request id, and compares them with those of the live servers if there are any and it is
 * not one of them.
 */
function comparison({ application, comparison: { agreement, tolerance, samples, showValues } }: ServerSpec) {
  return {
    keep: true,
    live: `http://${liveServiceName(application)}:${CONTRACT.ports.http}`,
    copies: "unless-live",
    agreement,
    tolerance,
    samples,
    values: showValues,
  };
}
