import type { MetricSums } from "../../../strategies/observation";

/** The mean of a metric's values, with a confidence interval. */
export interface Estimate {
  readonly count: number;
  readonly mean: number;
  /** Bounds of the 95% interval. */
  readonly low: number;
  readonly high: number;
}

/** Name under which an A/B test's difference from the control is listed among the metrics. */
export const DIFFERENCE = "difference";

/** Standard deviations on either side of the mean for 95%. */
const Z = 1.96;

/** `undefined` without values. The interval holds for a single evaluation; the verdicts of a policy hold at every evaluation. */
export function estimateOf(sums: MetricSums): Estimate | undefined {
  const { count, sum, sumOfSquares } = sums;
  if (count <= 0) return undefined;
  const mean = sum / count;
  // Only values of 0 and 1 are their own squares.
  const [low, high] = sum === sumOfSquares ? ofShare(mean, count) : ofMean(sums, mean);
  return { count, mean, low, high };
}

/** Wilson's interval, which is also right for few values and for shares near 0 and 1. */
function ofShare(share: number, count: number): [number, number] {
  const weight = Z ** 2 / count;
  const center = (share + weight / 2) / (1 + weight);
  const half = (Z / (1 + weight)) * Math.sqrt((share * (1 - share)) / count + weight / (4 * count));
  return [center - half, center + half];
}

function ofMean({ count, sumOfSquares }: MetricSums, mean: number): [number, number] {
  const spread = Math.sqrt(Math.max(0, sumOfSquares / count - mean ** 2));
  const half = (Z * spread) / Math.sqrt(count);
  return [mean - half, mean + half];
}
