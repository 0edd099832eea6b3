/** How the predictions of a shadow are compared with those of the live servers. */
export interface ComparisonConfig extends KeepLimits {
  /**
   * Whether this server hands out what it predicted to those that compare it with their own. It keeps nothing until
   * one asks.
   * @default false
   */
  readonly keep: boolean;
  /**
   * Where the live servers are, such as `http://recommender-live:8080`: then this server compares its own predictions
   * with theirs. Every address of the name is asked, so name a headless Service where there are several.
   * @default - nothing is compared
   */
  readonly live?: string;
  /**
   * Which requests are compared: `all`; only `marked` ones, those whose host ends in `-shadow` (so does Envoy mark its
   * copies, where the mesh does not switch it off, as Istio does); or all `unless-live`, unless this server is itself one
   * of the live ones, or there are none: then every version can have the same settings.
   * @default "all"
   */
  readonly copies: "all" | "marked" | "unless-live";
  /**
   * How long the one prediction waits for the other, in seconds; then the request counts as unpaired.
   * @default 30
   */
  readonly ttlSeconds: number;
  /**
   * How often the live servers are asked, in seconds.
   * @default 0.5
   */
  readonly everySeconds: number;
  /**
   * Predictions that are kept at most, of each model.
   * @default 10000
   */
  readonly maxKept: number;
  /**
   * The same in bytes.
   * @default 67108864
   */
  readonly maxKeptBytes: number;
  /**
   * Larger predictions, in bytes, are not kept and so not compared.
   * @default 65536
   */
  readonly maxPredictionBytes: number;
  /**
   * When predictions agree: `values`, numbers with a fraction may differ by `tolerance`; `top-1`, it is enough that the
   * largest of each row stands in the same place. Whole numbers, texts and flags must be the same in any case.
   * @default "values"
   */
  readonly agreement: "values" | "top-1";
  /**
   * How far apart numbers with a fraction may be: absolutely, or relative to the live one where that is over 1.
   * @default 0.001
   */
  readonly tolerance: number;
  /**
   * Requests with different predictions that are kept for people to look at, the latest.
   * @default 50
   */
  readonly samples: number;
  /**
   * Whether these are kept with their inputs and outputs, which may be personal data; otherwise with hashes.
   * @default false
   */
  readonly values: boolean;
}

/** Bounds of what is kept. */
export interface KeepLimits {
  /** How long a half waits for the other. */
  readonly ttlSeconds: number;
  readonly maxKept: number;
  readonly maxKeptBytes: number;
}
