import type { LossMoments } from "../loss-moments";

const { max, min } = Math;

/**
 * How much more the losses of adjacent blocks differ than independent losses would: 1 for independent losses, about c for
 * losses in clumps of c (clients that retry on the same track, a bad batch). A weighted sum of values, and the sum of their
 * weights.
 */
export interface Dispersion {
  readonly weighted: number;
  readonly weight: number;
}

/** Weight, in losses, of the prior assumption that losses are independent. */
const PRIOR_WEIGHT = 6;

/** A pair of blocks is weighted by its losses, up to a maximum, and so is its value: the edge of an outage is one pair of many. */
const MAX_PAIR_WEIGHT = 8;
const MAX_PAIR_VALUE = 10;

/** Each pair of blocks with losses decays the earlier ones by this factor, so that about the last 64 pairs count. */
const MEMORY = 1 - 1 / 64;

export const NO_DISPERSION: Dispersion = { weighted: 0, weight: 0 };

/** The dispersion with another pair of adjacent blocks of the same track. */
export function withPair(dispersion: Dispersion, a: LossMoments, b: LossMoments): Dispersion {
  const losses = a.loss + b.loss;
  if (losses <= 0 || a.samples <= 0 || b.samples <= 0) return dispersion;
  const difference = a.loss * b.samples - b.loss * a.samples;
  const value = min(MAX_PAIR_VALUE, (difference * difference) / (a.samples * b.samples * losses));
  const weight = min(MAX_PAIR_WEIGHT, losses) * balance(a.samples, b.samples);
  return {
    weighted: dispersion.weighted * MEMORY + value * weight,
    weight: dispersion.weight * MEMORY + weight,
  };
}

/** How much a pair says: 1 for blocks of equal size, less the more they differ. */
const balance = (a: number, b: number): number => (4 * a * b) / (a + b) ** 2;

/** The divisor of the evidence, as in quasi-likelihood (McCullagh and Nelder); at least 1. */
export function dispersionFactor({ weighted, weight }: Dispersion): number {
  return max(1, (weighted + PRIOR_WEIGHT) / (weight + PRIOR_WEIGHT));
}
