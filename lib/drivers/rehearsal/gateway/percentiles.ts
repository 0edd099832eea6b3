import type { LatencyHistogram } from "../../../strategies/observation";
import { quantileOf } from "../../../strategies/statistics/quantile";

/** Latencies in seconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The percentiles of some times; `undefined` without any. */
export function percentiles(seconds: readonly number[]): Percentiles | undefined {
  return readPercentiles((share) => quantile(seconds, share));
}

/** The percentiles of a histogram, for times that were not kept. */
export function histogramPercentiles(histogram: LatencyHistogram): Percentiles | undefined {
  return readPercentiles((share) => quantileOf(histogram, share));
}

/** The value that a share of the values do not exceed (nearest rank); `undefined` without values. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function readPercentiles(quantileAt: (share: number) => number | undefined): Percentiles | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(quantileAt);
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
}
