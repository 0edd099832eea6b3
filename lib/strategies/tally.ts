import type { LatencyHistogram, MetricSums, TrackCounts } from "./observation";
import { isCount, readableSums, readableTrack } from "./readings";

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

const NO_TALLY: Tally = { reading: NO_TOTALS, totals: NO_TOTALS, readyReplicas: 0 };

/** A metric that is tallied; by default its values lie between 0 and 1. */
export interface TalliedMetric {
  readonly metric: string;
  readonly lowerBound?: number;
  readonly upperBound?: number;
}

/** Adds what is new and readable in a reading to a tally. Only the named metrics are kept. */
export function accumulate(tally: Tally | undefined, counts: TrackCounts, metrics: readonly TalliedMetric[]): Tally {
  const reading = readableTrack(counts);
  if (reading === undefined) return tally ?? NO_TALLY;
  const before = tally?.reading ?? NO_TOTALS;
  const totals = tally?.totals ?? NO_TOTALS;
  const requests = accumulateRequests(before, totals, reading);
  const latency = accumulateLatency(before.latency, totals.latency, reading.latency);
  const metricReadings: Record<string, MetricSums> = {};
  const metricTotals: Record<string, MetricSums> = {};
  for (const tallied of metrics) {
    const { metric } = tallied;
    const sums = accumulateSums(tallied, before.metrics[metric], totals.metrics[metric], reading.metrics[metric]);
    metricReadings[metric] = sums.reading;
    metricTotals[metric] = sums.total;
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
  if (now.bounds.length === 0) return { reading: before, total };
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

function accumulateSums(
  metric: TalliedMetric,
  before: MetricSums = NO_SUMS,
  total: MetricSums = NO_SUMS,
  now: MetricSums | undefined,
): Accumulated<MetricSums> {
  const reading = readableSums(now);
  if (reading === undefined) return { reading: before, total };
  if (reading.count < before.count || reading.sumOfSquares < before.sumOfSquares) return { reading, total };
  const added = subtractSums(reading, before);
  // A sum that was read before its count: the next reading has both.
  if (added.count === 0) return { reading: before, total };
  return { reading, total: isWithinBounds(added, metric) ? addSums(total, added) : total };
}

/** Relative, because counters are floating-point numbers. */
const ROUNDING = 1e-6;

/**
 * Whether values between the bounds can have these sums. A test for a regression relies on the bounds, so sums that break
 * them are left out, whoever counted them.
 */
function isWithinBounds({ count, sum }: MetricSums, { lowerBound = 0, upperBound = 1 }: TalliedMetric): boolean {
  const tolerance = ROUNDING * Math.max(1, count) * Math.max(Math.abs(lowerBound), Math.abs(upperBound));
  return sum >= count * lowerBound - tolerance && sum <= count * upperBound + tolerance;
}

const addSums = (one: MetricSums, other: MetricSums): MetricSums => ({
  count: one.count + other.count,
  sum: one.sum + other.sum,
  sumOfSquares: one.sumOfSquares + other.sumOfSquares,
});

const subtractSums = (from: MetricSums, sums: MetricSums): MetricSums => ({
  count: from.count - sums.count,
  sum: from.sum - sums.sum,
  sumOfSquares: from.sumOfSquares - sums.sumOfSquares,
});

/** What was counted since an earlier time. */
export function since(earlier: Totals, now: Totals): Totals {
  const metrics: Record<string, MetricSums> = {};
  for (const [name, sums] of Object.entries(now.metrics)) {
    metrics[name] = subtractSums(sums, earlier.metrics[name] ?? NO_SUMS);
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
