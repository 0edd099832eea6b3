/*
 * What a driver observed, as raw counts since the rollout began. A scrape of a local process and an increase read from
 * Prometheus fill the same types, so the same arithmetic judges both.
 */

/** A latency histogram: how many requests fell into each bucket. */
export interface LatencyHistogram {
  /** Upper bounds of the finite buckets, in seconds, ascending. */
  readonly bounds: readonly number[];
  /** Requests per bucket, *not* cumulative; one longer than `bounds`: the last counts what was slower than all of them. */
  readonly counts: readonly number[];
}

/** Name of the metric that counts how many of a shadow's predictions agree with the live version's. */
export const AGREEMENT = "agreement";

/** Sums over the values of a business metric, one value per feedback: enough for a mean and its spread. */
export interface MetricSums {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Values of a metric by group of users: how many each group has, and their sums. */
export interface BucketSums {
  readonly counts: readonly number[];
  readonly sums: readonly number[];
}

/**
 * What was counted on one track by group of users. Users are divided into buckets, and buckets into groups: bucket modulo
 * `BUCKET_GROUPS`. Each list has a number for each group.
 */
export interface BucketCounts {
  readonly requests: readonly number[];
  readonly errors: readonly number[];
  /** By metric name. */
  readonly metrics: Readonly<Record<string, BucketSums>>;
}

/** Results of recorded requests with known responses, which are sent to a track before it serves any user. */
export interface SmokeTestCounts {
  readonly requests: number;
  /** No response, an error, or a response that violates the protocol; a failed health check counts too. */
  readonly failed: number;
  /** Valid responses that differ from the expected ones. */
  readonly wrong: number;
  /** Of all of them, on a track without other load. */
  readonly latency: LatencyHistogram;
}

/** Everything counted on one track since the rollout began. Counts never decrease. */
export interface TrackCounts {
  readonly requests: number;
  /**
   * Requests that the service failed or refused: no response, a connection that was reset, a timeout, a 5xx, a 429 of an
   * overloaded server, or a 422 when the model could not compute. Other 4xx responses are errors of the caller, and a caller
   * that disconnected is nobody's error: they do not count.
   */
  readonly errors: number;
  /**
   * Of the requests that were answered, and of those that timed out. Other errors are left out: a refusal takes no time, so
   * a version that refuses requests would look fast.
   */
  readonly latency: LatencyHistogram;
  /** By metric name, such as `accuracy`. */
  readonly metrics: Readonly<Record<string, MetricSums>>;
  /** Replicas that are ready for traffic now (not a count since the beginning). */
  readonly readyReplicas: number;
  /**
   * When the counters started at 0, in seconds on any clock: a later start shows that a server restarted. Without it, counters
   * that decrease are treated as those of a lagging source until they have caught up.
   */
  readonly startedAt?: number;
  /** Missing where no smoke test ran. */
  readonly smokeTest?: SmokeTestCounts;
  /** Requests and errors by the name of the pod. Missing where the counts are only known for the track. */
  readonly pods?: Readonly<Record<string, PodCounts>>;
  /** The counts of users who have a bucket, by group of buckets. Missing where users have no buckets. */
  readonly buckets?: BucketCounts;
  /** Users who were assigned to the track, each counted once. Missing where the router does not report them. */
  readonly newUsers?: number;
}

/** What one pod of a track served since the rollout began; a pod that was replaced keeps its counts. */
export interface PodCounts {
  readonly requests: number;
  readonly errors: number;
}

/** The input of one evaluation. */
export interface Observation {
  /** Seconds on the driver's clock; only differences matter. */
  readonly at: number;
  /**
   * Whether the time was recorded with the counts, as in a replay. Then a long time between two observations does not mean
   * that a clock is wrong.
   *
   * @default false
   */
  readonly isRecorded?: boolean;
  /** By track name. A track that could not be read is missing. */
  readonly tracks: Readonly<Record<string, TrackCounts>>;
}
