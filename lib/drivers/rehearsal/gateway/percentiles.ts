import type { LatencyHistogram } from "../../../strategies/observation";
import { quantileOf } from "../../../strategies/statistics/quantile";
import { quantile } from "./quantile";

/** Latencies in seconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The percentiles of some times; missing of none. */
export function percentiles(seconds: readonly number[]): Percentiles | undefined {
  return read((share) => quantile(seconds, share));
}

/** The same as a histogram tells them, of times that nobody kept. */
export function histogramPercentiles(histogram: LatencyHistogram): Percentiles | undefined {
  return read((share) => quantileOf(histogram, share));
}

function read(quantileAt: (share: number) => number | undefined): Percentiles | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(quantileAt);
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
}
