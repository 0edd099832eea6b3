/**
 * What a driver saw, as raw counts since the rollout began. The same shape is filled from a scrape of a process on
 * this machine and from an increase read from Prometheus, so one arithmetic judges both.
 */

/** A latency histogram: how many requests fell into each bucket. */
export interface LatencyHistogram {
  /** Upper bounds of the finite buckets, in seconds, ascending. */
  readonly bounds: readonly number[];
  /** Requests per bucket, *not* cumulative; one longer than `bounds`: the last counts what was slower than all of them. */
  readonly counts: readonly number[];
}

/** Name of the metric that counts, for a shadow, which of its predictions were those of the live version. */
export const AGREEMENT = "agreement";

/** Sums over the values of a business metric, one value a feedback: enough for a mean and its spread. */
export interface MetricSums {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** What recorded requests with known answers showed, sent to a track before any user meets it. */
export interface SmokeTestCounts {
  readonly requests: number;
  /** No answer, an error, or a form that is not the protocol's; a health check that did not answer is one of them. */
  readonly failed: number;
  /** Answers in good form that are not the expected ones. */
  readonly wrong: number;
  /** Of all of them, on a track that does nothing else. */
  readonly latency: LatencyHistogram;
}

/** Everything counted on one track since the rollout began. Counts never fall. */
export interface TrackCounts {
  readonly requests: number;
  /** Requests that the service failed: no answer, a 5xx, or a 422, when the model could not compute. A caller's other 4xx are no errors. */
  readonly errors: number;
  readonly latency: LatencyHistogram;
  /** By metric name, such as `accuracy`. */
  readonly metrics: Readonly<Record<string, MetricSums>>;
  /** Replicas that are ready for traffic at this moment (not a count since the beginning). */
  readonly readyReplicas: number;
  /** Missing where no smoke test was made. */
  readonly smokeTest?: SmokeTestCounts;
}

/** One look at a rollout. */
export interface Observation {
  /** Seconds on the driver's clock; only differences count. */
  readonly at: number;
  /** By track name. A track that could not be read is missing. */
  readonly tracks: Readonly<Record<string, TrackCounts>>;
}
