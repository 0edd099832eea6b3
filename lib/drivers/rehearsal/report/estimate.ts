import type { MetricSums } from "../../../strategies/observation";

/** The mean of a metric's values, and between what its true mean lies, as this many values tell. */
export interface Estimate {
  readonly count: number;
  readonly mean: number;
  /** Bounds of the 95% interval. */
  readonly low: number;
  readonly high: number;
}

/** Name under which an A/B test's difference from the control is kept beside the metrics. */
export const DIFFERENCE = "difference";

/** Standard deviations on either side that hold 95%. */
const Z = 1.96;

/** Missing without values. The interval is that of a single look; the verdicts of a policy hold at every look. */
export function estimateOf(sums: MetricSums): Estimate | undefined {
  const { count, sum, sumOfSquares } = sums;
  if (count <= 0) return undefined;
  const mean = sum / count;
  // Values of 0 and 1 alone are their own squares.
  const [low, high] = sum === sumOfSquares ? ofShare(mean, count) : ofMean(sums, mean);
  return { count, mean, low, high };
}

/** Wilson's interval, which is right for a few values and for shares near 0 and 1 as well. */
function ofShare(share: number, count: number): [number, number] {
  const weight = Z ** 2 / count;
  const centre = (share + weight / 2) / (1 + weight);
  const half = (Z / (1 + weight)) * Math.sqrt((share * (1 - share)) / count + weight / (4 * count));
  return [centre - half, centre + half];
}

function ofMean({ count, sumOfSquares }: MetricSums, mean: number): [number, number] {
  const spread = Math.sqrt(Math.max(0, sumOfSquares / count - mean ** 2));
  const half = (Z * spread) / Math.sqrt(count);
  return [mean - half, mean + half];
}
