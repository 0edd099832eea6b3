import { canonicalJson } from "../../core/canonical";
import { latencyBounds } from "../../core/contract";

/** What the server's file of settings says; environment variables say the rest. */
export interface ServerSettings {
  readonly latencyObjectiveSeconds: number | undefined;
  readonly maxBatchSize: number;
  readonly grpc: boolean;
  readonly predictPath: string | undefined;
}

/** Name of the file in the ConfigMap. */
export const CONFIG_KEY = "server.json";

/** The server's file of settings, as text. */
export function serverConfig(settings: ServerSettings): string {
  const { latencyObjectiveSeconds, maxBatchSize, grpc, predictPath } = settings;
  const file = {
    batching: { maxBatchSize },
    buckets: { durationSeconds: latencyBounds(latencyObjectiveSeconds) },
    // What the server does anyway is not written down.
    ...(!grpc && { grpc: { enabled: false } }),
    ...(predictPath !== undefined && { http: { predictPath } }),
  };
  return `${canonicalJson(file, 2)}\n`;
}
