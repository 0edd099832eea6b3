/** How a shadow compares its predictions with those of the live servers. */
export interface ComparisonConfig extends RetentionLimits {
  /**
   * Whether this server keeps its predictions for shadows to compare. It keeps none until a shadow polls it.
   * @default false
   */
  readonly keep: boolean;
  /**
   * URL of the live servers, such as `http://recommender-live:8080`, with whose predictions this server compares its own.
   * All addresses of the name are polled, so use a headless Service if there are several servers.
   * @default - nothing is compared
   */
  readonly live?: string;
  /**
   * Which requests are compared: `all`; only `marked` ones, whose host ends in `-shadow`, as Envoy marks mirrored requests
   * (Istio turns that off); or `unless-live`, all requests unless this server is itself live or there are no live servers,
   * so that every version can have the same settings.
   * @default "all"
   */
  readonly copies: "all" | "marked" | "unless-live";
  /**
   * How long a prediction waits for its pair, in seconds; then the request counts as unpaired.
   * @default 30
   */
  readonly ttlSeconds: number;
  /**
   * How often the live servers are polled, in seconds.
   * @default 0.5
   */
  readonly everySeconds: number;
  /**
   * Maximum number of predictions that are kept for each model.
   * @default 10000
   */
  readonly maxKept: number;
  /**
   * Maximum size of these predictions, in bytes.
   * @default 67108864
   */
  readonly maxKeptBytes: number;
  /**
   * Larger predictions, in bytes, are not kept and therefore not compared.
   * @default 65536
   */
  readonly maxPredictionBytes: number;
  /**
   * When predictions agree: with `values`, floats may differ by `tolerance`; with `top-1`, the largest element of each row
   * must have the same index. Integers, strings and booleans must always be equal.
   * @default "values"
   */
  readonly agreement: "values" | "top-1";
  /**
   * Tolerance for floats: absolute, or relative to the live value if that is over 1.
   * @default 0.001
   */
  readonly tolerance: number;
  /**
   * Number of the latest requests with different predictions that are kept for inspection.
   * @default 50
   */
  readonly samples: number;
  /**
   * Whether these are kept with their inputs and outputs, which may be personal data, instead of hashes.
   * @default false
   */
  readonly values: boolean;
}

/** Limits of the records that are kept. */
export interface RetentionLimits {
  /** How long a record waits for its pair. */
  readonly ttlSeconds: number;
  readonly maxKept: number;
  readonly maxKeptBytes: number;
}
