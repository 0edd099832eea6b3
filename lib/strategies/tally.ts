import type { LatencyHistogram, MetricSums, TrackCounts } from "./observation";

/** What has been counted on a track. */
export interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly latency: LatencyHistogram;
  readonly metrics: Readonly<Record<string, MetricSums>>;
}

/** A track's totals, which never decrease, and the reading that they were last updated with. */
export interface Tally {
  readonly reading: Totals;
  readonly totals: Totals;
  readonly readyReplicas: number;
}

export const NO_TOTALS: Totals = { requests: 0, errors: 0, latency: { bounds: [], counts: [] }, metrics: {} };

const NO_SUMS: MetricSums = { count: 0, sum: 0, sumOfSquares: 0 };

/** Plausible numbers from an exporter; their sums stay finite. */
const isSum = (value: number): boolean => value >= -1e100 && value <= 1e100;
const isCount = (value: number): boolean => value >= 0 && value <= 1e15;

/** Adds what is new in a reading to a tally. Only the named metrics are kept. */
export function accumulate(tally: Tally | undefined, reading: TrackCounts, metrics: readonly string[]): Tally {
  const before = tally?.reading ?? NO_TOTALS;
  const totals = tally?.totals ?? NO_TOTALS;
  const requests = accumulateRequests(before, totals, reading);
  const latency = accumulateLatency(before.latency, totals.latency, reading.latency);
  const metricReadings: Record<string, MetricSums> = {};
  const metricTotals: Record<string, MetricSums> = {};
  for (const name of metrics) {
    const sums = accumulateSums(before.metrics[name], totals.metrics[name], reading.metrics[name]);
    metricReadings[name] = sums.reading;
    metricTotals[name] = sums.total;
  }
  return {
    reading: { ...requests.reading, latency: latency.reading, metrics: metricReadings },
    totals: { ...requests.total, latency: latency.total, metrics: metricTotals },
    readyReplicas: isCount(reading.readyReplicas) ? reading.readyReplicas : (tally?.readyReplicas ?? 0),
  };
}

/** The tally with the readiness of a reading whose counts are ignored. */
export function withReadiness(tally: Tally, { readyReplicas }: TrackCounts): Tally {
  return isCount(readyReplicas) ? { ...tally, readyReplicas } : tally;
}

interface Accumulated<T> {
  readonly reading: T;
  readonly total: T;
}

type Requests = Pick<Totals, "requests" | "errors">;

/*
 * A counter decreases when a server restarts. What the server counted between the restart and this reading is ignored:
 * adding the whole new value would count twice what the other replicas in the same sum had counted before.
 */

function accumulateRequests(before: Requests, total: Requests, now: Requests): Accumulated<Requests> {
  const reading = { requests: now.requests, errors: now.errors };
  if (!isCount(now.requests) || !isCount(now.errors))
    return { reading: pickRequests(before), total: pickRequests(total) };
  if (now.requests < before.requests || now.errors < before.errors) return { reading, total: pickRequests(total) };
  return {
    reading,
    total: {
      requests: total.requests + now.requests - before.requests,
      errors: total.errors + now.errors - before.errors,
    },
  };
}

const pickRequests = ({ requests, errors }: Requests): Requests => ({ requests, errors });

function accumulateLatency(
  before: LatencyHistogram,
  total: LatencyHistogram,
  now: LatencyHistogram,
): Accumulated<LatencyHistogram> {
  if (!isHistogram(now)) return { reading: before, total };
  if (before.bounds.length === 0) return { reading: copy(now), total: copy(now) };
  const sameBounds =
    now.bounds.length === before.bounds.length && now.bounds.every((bound, i) => bound === before.bounds[i]);
  if (!sameBounds) return { reading: before, total };
  const steps = now.counts.map((count, i) => count - (before.counts[i] ?? 0));
  const reading = { bounds: before.bounds, counts: [...now.counts] };
  if (steps.some((step) => step < 0)) return { reading, total };
  return { reading, total: { bounds: total.bounds, counts: steps.map((step, i) => (total.counts[i] ?? 0) + step) } };
}

const copy = ({ bounds, counts }: LatencyHistogram): LatencyHistogram => ({ bounds: [...bounds], counts: [...counts] });

function isHistogram({ bounds, counts }: LatencyHistogram): boolean {
  return (
    bounds.length > 0 &&
    counts.length === bounds.length + 1 &&
    counts.every(isCount) &&
    bounds.every((bound, i) => isCount(bound) && bound > (bounds[i - 1] ?? 0))
  );
}

function accumulateSums(
  before: MetricSums = NO_SUMS,
  total: MetricSums = NO_SUMS,
  now: MetricSums = NO_SUMS,
): Accumulated<MetricSums> {
  const readable = isCount(now.count) && isSum(now.sum) && isSum(now.sumOfSquares) && now.sumOfSquares >= 0;
  if (!readable) return { reading: before, total };
  const reading = { count: now.count, sum: now.sum, sumOfSquares: now.sumOfSquares };
  if (now.count < before.count || now.sumOfSquares < before.sumOfSquares) return { reading, total };
  return {
    reading,
    total: {
      count: total.count + now.count - before.count,
      sum: total.sum + now.sum - before.sum,
      sumOfSquares: total.sumOfSquares + now.sumOfSquares - before.sumOfSquares,
    },
  };
}

/** What was counted since an earlier time. */
export function since(earlier: Totals, now: Totals): Totals {
  const metrics: Record<string, MetricSums> = {};
  for (const [name, sums] of Object.entries(now.metrics)) {
    const before = earlier.metrics[name] ?? NO_SUMS;
    metrics[name] = {
      count: sums.count - before.count,
      sum: sums.sum - before.sum,
      sumOfSquares: sums.sumOfSquares - before.sumOfSquares,
    };
  }
  return {
    requests: now.requests - earlier.requests,
    errors: now.errors - earlier.errors,
    latency: {
      bounds: now.latency.bounds,
      counts: now.latency.counts.map((count, i) => count - (earlier.latency.counts[i] ?? 0)),
    },
    metrics,
  };
}

/** The sum of two totals. */
export function plus(a: Totals, b: Totals): Totals {
  const names = new Set([...Object.keys(a.metrics), ...Object.keys(b.metrics)]);
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    latency: plusLatency(a.latency, b.latency),
    metrics: Object.fromEntries([...names].map((name) => [name, plusSums(a.metrics[name], b.metrics[name])])),
  };
}

function plusLatency(a: LatencyHistogram, b: LatencyHistogram): LatencyHistogram {
  const { bounds, counts } = a.bounds.length > 0 ? a : b;
  return { bounds, counts: counts.map((_, i) => (a.counts[i] ?? 0) + (b.counts[i] ?? 0)) };
}

const plusSums = (a: MetricSums = NO_SUMS, b: MetricSums = NO_SUMS): MetricSums => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  sumOfSquares: a.sumOfSquares + b.sumOfSquares,
});
