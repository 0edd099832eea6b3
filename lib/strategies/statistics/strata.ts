import type { LossMoments } from "./loss-moments";

const { max } = Math;

/**
 * How much more one track loses than another, from strata: times in which both were observed beside each other. What changes
 * for both from one stratum to the next, such as the hour of the day, cancels, however the traffic was divided.
 */
export interface StratifiedDifference {
  /** Sum of the strata's weights, n₁·n₀/(n₁ + n₀) each. */
  readonly weight: number;
  /** Sum of the strata's differences, each times its weight. */
  readonly difference: number;
  /** Variance of that sum, if samples are independent. */
  readonly variance: number;
  /** Sums over the strata that show how much their differences really vary: of weight², weight·difference and difference². */
  readonly weights2: number;
  readonly cross: number;
  readonly differences2: number;
}

export const NO_DIFFERENCE: StratifiedDifference = {
  weight: 0,
  difference: 0,
  variance: 0,
  weights2: 0,
  cross: 0,
  differences2: 0,
};

/**
 * Adds a stratum. Its variance is that of a random division of all its samples among the two tracks, as in the test of
 * Cochran, Mantel and Haenszel, which is right for any values and for a handful of them. A stratum in which one track has no
 * sample compares nothing.
 */
export function addStratum(
  before: StratifiedDifference,
  first: LossMoments,
  second: LossMoments,
): StratifiedDifference {
  const samples = first.samples + second.samples;
  if (!(first.samples > 0 && second.samples > 0 && samples > 1)) return before;
  const weight = (first.samples * second.samples) / samples;
  const difference = weight * (first.loss / first.samples - second.loss / second.samples);
  const loss = first.loss + second.loss;
  const spread = max(0, first.squares + second.squares - (loss * loss) / samples) / (samples - 1);
  return {
    weight: before.weight + weight,
    difference: before.difference + difference,
    variance: before.variance + weight * spread,
    weights2: before.weights2 + weight * weight,
    cross: before.cross + weight * difference,
    differences2: before.differences2 + difference * difference,
  };
}

/** The same strata counting only for a share of what they did. */
export function discount(strata: StratifiedDifference, share: number): StratifiedDifference {
  // Adding 0 turns −0 into 0: JSON would not keep the sign.
  const [once, twice] = [(sum: number) => sum * share + 0, (sum: number) => sum * share * share + 0];
  return {
    weight: once(strata.weight),
    difference: once(strata.difference),
    variance: twice(strata.variance),
    weights2: twice(strata.weights2),
    cross: twice(strata.cross),
    differences2: twice(strata.differences2),
  };
}

/** The same difference, seen from the other track. */
export function reverse(strata: StratifiedDifference): StratifiedDifference {
  return { ...strata, difference: 0 - strata.difference, cross: 0 - strata.cross };
}

/** How many strata of equal weight would say as much. */
export const effectiveStrata = ({ weight, weights2 }: StratifiedDifference): number =>
  weights2 > 0 ? (weight * weight) / weights2 : 0;

/** Strata of independent samples that are assumed before any other: a few strata say little about their variance. */
const PRIOR_STRATA = 20;

/** How many times as much the strata's differences vary as those of independent samples would; at least 1. */
export function dispersionOf(strata: StratifiedDifference): number {
  if (!(strata.variance > 0)) return 1;
  const count = effectiveStrata(strata);
  return max(1, (count * (varianceBetween(strata) / strata.variance) + PRIOR_STRATA) / (count + PRIOR_STRATA));
}

/** A single stratum has no variation, but rounding can make its count a little more than 1. */
const MIN_STRATA = 1 + 1e-6;

/** The variance of the difference by the variation between strata, whatever its cause. */
export function varianceBetween(strata: StratifiedDifference): number {
  const count = effectiveStrata(strata);
  if (!(count > MIN_STRATA)) return 0;
  const mean = strata.difference / strata.weight;
  const squares = strata.differences2 - 2 * mean * strata.cross + mean * mean * strata.weights2;
  return (max(0, squares) * count) / (count - 1);
}
