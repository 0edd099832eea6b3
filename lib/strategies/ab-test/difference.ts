import type { MetricSums } from "../observation";
import type { Difference } from "../result";

const { log, max, sqrt } = Math;

/** What an interval depends on, apart from the values. */
interface IntervalRule {
  /** Size of the difference that the test looks for, in the metric's unit; fixed before the values that it judges. */
  readonly scale: number;
  /** From the smallest possible value to the largest. */
  readonly range: number;
  /** Probability that the interval ever misses the true difference. */
  readonly chance: number;
}

/**
 * The difference of two means, always valid: a mixture sequential probability ratio test (Johari, Koomen, Pekelis and
 * Walsh, "Always Valid Inference") with a normal prior of standard deviation `scale` on the difference. Its interval holds
 * for interim looks after every value. It assumes that means of many values are normal, so it says nothing about a few dozen.
 */
export function differenceOf(control: MetricSums, variant: MetricSums, rule: IntervalRule): Difference {
  const [a, b] = [meanOf(control), meanOf(variant)];
  const halfWidth = halfWidthOf(squaredError(control, rule) + squaredError(variant, rule), rule);
  const estimate = b - a;
  return { control: a, variant: b, estimate, from: estimate - halfWidth, to: estimate + halfWidth };
}

function halfWidthOf(variance: number, { scale, chance }: IntervalRule): number {
  const prior = scale * scale;
  if (!(prior > 0) || !Number.isFinite(variance)) return Infinity;
  return sqrt(((variance * (variance + prior)) / prior) * (2 * log(1 / chance) + log((variance + prior) / variance)));
}

export function meanOf({ count, sum }: MetricSums): number {
  return count > 0 ? sum / count : 0;
}

/** Squared standard error of a mean, with the uncertainty of a single value: values that have all been equal may still vary. */
function squaredError({ count, sum, sumOfSquares }: MetricSums, { range }: IntervalRule): number {
  if (count <= 1) return Infinity;
  const mean = sum / count;
  return max(sumOfSquares / count - mean * mean, (range * range) / count) / count;
}
