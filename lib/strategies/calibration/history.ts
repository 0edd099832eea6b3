import type { MetricSums } from "../observation";

/** What one pod counted in one interval. */
export interface PodCounts {
  readonly requests: number;
  readonly errors: number;
  /** Requests per latency bucket, *not* cumulative; one longer than the bounds, or empty where latency was not measured. */
  readonly latency: readonly number[];
  /** By metric name, such as `accuracy`. */
  readonly metrics: Readonly<Record<string, MetricSums>>;
}

/** What the pods of one version counted in one interval. */
export interface HistoryInterval {
  /** End of the interval, in seconds of Unix time. */
  readonly at: number;
  /** By pod name; empty where nothing could be read. */
  readonly pods: Readonly<Record<string, PodCounts>>;
}

/** The past of a service: what each pod counted, interval by interval. */
export interface ServiceHistory {
  /** Usual length of an interval. */
  readonly stepSeconds: number;
  /** Upper bounds of the latency buckets, in seconds; empty where latency was not measured. */
  readonly bounds: readonly number[];
  /** Business metrics that have values. */
  readonly metrics: readonly string[];
  /** In the order of time. */
  readonly intervals: readonly HistoryInterval[];
}

export const NO_COUNTS: PodCounts = { requests: 0, errors: 0, latency: [], metrics: {} };

/** The sum of two counts. */
export function addCounts(a: PodCounts, b: PodCounts): PodCounts {
  const [long, short] = a.latency.length >= b.latency.length ? [a.latency, b.latency] : [b.latency, a.latency];
  const names = new Set([...Object.keys(a.metrics), ...Object.keys(b.metrics)]);
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    latency: long.map((count, i) => count + (short[i] ?? 0)),
    metrics: Object.fromEntries([...names].map((name) => [name, addSums(a.metrics[name], b.metrics[name])])),
  };
}

const NO_SUMS: MetricSums = { count: 0, sum: 0, sumOfSquares: 0 };

const addSums = (a: MetricSums = NO_SUMS, b: MetricSums = NO_SUMS): MetricSums => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  sumOfSquares: a.sumOfSquares + b.sumOfSquares,
});

/** The counts of all pods in an interval. */
export const countsIn = ({ pods }: Pick<HistoryInterval, "pods">): PodCounts =>
  Object.values(pods).reduce(addCounts, NO_COUNTS);

/** From the first interval to the last, in seconds. */
export function durationOf({ intervals }: ServiceHistory): number {
  return (intervals.at(-1)?.at ?? 0) - (intervals[0]?.at ?? 0);
}

/** Whether every value of a metric is 0 or 1, as far as its sums show. */
export function isBinary({ intervals }: ServiceHistory, metric: string): boolean {
  return intervals.every(({ pods }) =>
    Object.values(pods).every(({ metrics }) => {
      const { sum, sumOfSquares } = metrics[metric] ?? NO_SUMS;
      return sum === sumOfSquares;
    }),
  );
}
