import type { MetricSums } from "../observation";
import type { Difference } from "../result";
import { anytimeHalfWidth } from "../statistics/anytime-interval";
import { clusterMean, differenceVariance, type ClusterSums, type ComparedMean } from "../statistics/cluster-mean";

const { max } = Math;

/** The values of a metric on a track: all of them, and by group of users where users have buckets. */
export interface TrackValues {
  readonly sums: MetricSums;
  readonly byGroup?: ClusterSums;
}

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
 * The difference of two means, always valid: a mixture sequential probability ratio test with a normal prior of standard
 * deviation `scale` on the difference. Its interval holds for interim looks after every value. It assumes that values are
 * independent and that means of many values are normal, so it says nothing about a few dozen.
 */
export function differenceOfValues(control: MetricSums, variant: MetricSums, rule: IntervalRule): Difference {
  const variance = squaredError(control, rule) + squaredError(variant, rule);
  const halfWidth = anytimeHalfWidth({ ...rule, variance, degreesOfFreedom: Infinity });
  return around(meanOf(control), meanOf(variant), halfWidth);
}

/**
 * The same with users as the unit: the values of one user are correlated, so the variance is measured between groups of
 * users. Undefined where too many values are of users without a group.
 */
export function differenceBetweenUsers(
  control: TrackValues,
  variant: TrackValues,
  rule: IntervalRule,
): Difference | undefined {
  const [a, b] = [comparedMean(control, rule), comparedMean(variant, rule)];
  if (a === undefined || b === undefined) return undefined;
  const halfWidth = anytimeHalfWidth({ ...rule, ...differenceVariance(a, b) });
  return around(a.estimate.mean, b.estimate.mean, halfWidth);
}

/**
 * Share of a track's values that must be of users with a group. The others are left out, such as values for predictions from
 * before the test.
 */
const MIN_GROUPED_SHARE = 0.5;

function comparedMean({ sums, byGroup }: TrackValues, rule: IntervalRule): ComparedMean | undefined {
  const estimate = byGroup && clusterMean(byGroup);
  if (estimate === undefined || estimate.count < MIN_GROUPED_SHARE * sums.count) return undefined;
  return { estimate, independent: (squaredError(sums, rule) * sums.count) / estimate.count };
}

function around(control: number, variant: number, halfWidth: number): Difference {
  const estimate = variant - control;
  return { control, variant, estimate, from: estimate - halfWidth, to: estimate + halfWidth };
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
