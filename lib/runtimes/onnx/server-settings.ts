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
export function serverSettings(spec: ServerSpec, { workers, threadsPerInference, runTimeout }: OnnxSettings): string {
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
    ...section("model", { threads: threadsPerInference, warmUp: warmUp(spec) }),
    ...section("workers", { count: workers, runTimeoutSeconds: runTimeout }),
  };
  return `${canonicalJson(file, 2)}\n`;
}

/** A section with the settings that are set; no section if there are none. */
function section(name: string, settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return set.length === 0 ? {} : { [name]: Object.fromEntries(set) };
}

/** The samples are not part of the file, since their URI may be deferred. */
function warmUp({ model: { warmUp: { enabled, shapes } = {} } }: ServerSpec): Record<string, unknown> | undefined {
  return section("warmUp", { enabled, shapes })["warmUp"] as Record<string, unknown> | undefined;
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
