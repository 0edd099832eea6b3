import { canonicalJson } from "../../core/canonical";
import { latencyBounds } from "../../core/contract";

/** What the server's file of settings says; environment variables say the rest. */
export interface ServerSettings {
  readonly latencyObjectiveSeconds: number | undefined;
  readonly maxBatchSize: number;
}

/** Name of the file in the ConfigMap. */
export const CONFIG_KEY = "server.json";

/** The server's file of settings, as text. */
export function serverConfig(settings: ServerSettings): string {
  const { latencyObjectiveSeconds, maxBatchSize } = settings;
  return `${canonicalJson({ batching: { maxBatchSize }, buckets: { durationSeconds: latencyBounds(latencyObjectiveSeconds) } }, 2)}\n`;
}
