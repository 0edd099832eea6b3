import { canonicalJson } from "../../core/canonical";
import { CONTRACT, latencyBounds } from "../../core/contract";
import { memoryBytes } from "../../core/values/quantity";
import { joinName } from "../../core/values/name";

/** What the server's file of settings says; environment variables say the rest. */
export interface ServerSettings {
  /** Name of the application: of all versions of the model together. */
  readonly application: string;
  readonly latencyObjectiveSeconds: number | undefined;
  readonly maxBatchSize: number;
  readonly grpc: boolean;
  readonly predictPath: string | undefined;
  readonly comparison: PredictionComparison;
  /** Quantity that model files may take. */
  readonly modelStorage: string;
}

/** How predictions are compared with those of the live version. */
export interface PredictionComparison {
  readonly agreement: string;
  readonly tolerance: number;
  readonly samples: number;
  readonly showValues: boolean;
}

/** Name of the file in the ConfigMap. */
export const CONFIG_KEY = "server.json";

/** Name by which a shadow finds the replicas of the live version, where there is a shadow. */
export function liveName(application: string): string {
  return joinName(application, "live");
}

/** The server's file of settings, as text. */
export function serverConfig(settings: ServerSettings): string {
  const { application, latencyObjectiveSeconds, maxBatchSize, grpc, predictPath, comparison, modelStorage } = settings;
  const { agreement, tolerance, samples, showValues } = comparison;
  const file = {
    batching: { maxBatchSize },
    buckets: { durationSeconds: latencyBounds(latencyObjectiveSeconds) },
    // The same for every version, whether or not it is in a shadow today, so that none restarts when that changes: a
    // server hands out what it predicted to those who ask by request id, and compares its own predictions with those of
    // the live servers while there are some, and it is none of them.
    comparison: {
      keep: true,
      live: `http://${liveName(application)}:${CONTRACT.ports.http}`,
      copies: "unless-live",
      agreement,
      tolerance,
      samples,
      values: showValues,
    },
    // The volume's limit does not show as a full disk: past it the pod is evicted.
    download: { diskLimitBytes: memoryBytes(modelStorage) },
    // What the server does anyway is not written down.
    ...(!grpc && { grpc: { enabled: false } }),
    ...(predictPath !== undefined && { http: { predictPath } }),
  };
  return `${canonicalJson(file, 2)}\n`;
}
