/** Requests that a server answered, as a counter. */
export interface RequestMetrics {
  readonly counter: string;
  /** Label matcher of the failed ones among them, as PromQL, including those that the server refused because of its load. */
  readonly failed: string;
}

/** How long a server took for requests, as a histogram in seconds; without refused ones, which would make it look fast. */
export interface LatencyMetrics {
  /** Its name without `_bucket` and `_count`. */
  readonly histogram: string;
  /** The largest finite bound: latencies above it cannot be distinguished. */
  readonly longestSeconds: number;
}

/** Values that came back as feedback on predictions, as counters. */
export interface FeedbackMetrics {
  readonly count: string;
  readonly sum: string;
  readonly squares: string;
  /** Label that names the business metric. */
  readonly metricLabel: string;
}

/**
 * What a server counts of users who are divided into buckets, as counters by group of buckets. The headers
 * `bucketSource` and `newUser` of the contract say where a request carries the bucket of its user.
 */
export interface UserMetrics {
  readonly requests: string;
  readonly errors: string;
  /** Values of feedback and their sum, with the label of `FeedbackMetrics` that names the metric. */
  readonly feedbackCount: string;
  readonly feedbackSum: string;
  /** Label that names the group. */
  readonly groupLabel: string;
  /** Users who were assigned to the version, without a group. */
  readonly newUsers: string;
}

/** Predictions that were compared with those of another version, as counters. */
export interface ComparisonMetrics {
  readonly pairs: string;
  /** Label of `pairs` that is "true" where both predictions agree. */
  readonly agreesLabel: string;
  readonly unpaired: string;
  /** Label of `unpaired` that says why. */
  readonly reasonLabel: string;
  /** Histogram of the differences within pairs, without `_bucket`. */
  readonly differences: string;
  /** Label of `differences` that names the output. */
  readonly outputLabel: string;
}

/** Names of a server's metrics. A missing member is something that it does not measure. */
export interface ServerMetrics {
  /** Labels that name the model and its version on every series. */
  readonly labels: { readonly model: string; readonly version: string };
  readonly requests?: RequestMetrics;
  readonly latency?: LatencyMetrics;
  /** Gauge that is 1 while the model is loaded and warm. */
  readonly ready?: string;
  readonly feedback?: FeedbackMetrics;
  readonly users?: UserMetrics;
  readonly comparison?: ComparisonMetrics;
  /** Requests per second of a pod, as the custom metrics API serves them to an autoscaler. */
  readonly requestsPerSecond?: string;
}

/** A member of the metrics that a server may lack. */
export type MetricGroup = Exclude<keyof ServerMetrics, "labels">;
