import type { Random } from "../random";

const { ceil, exp, log, log1p, max, min, PI, round, sqrt } = Math;

/** From this mean on, counts are drawn from the normal distribution: its error is far below what a benchmark can show. */
const NORMAL_FROM = 60;

export function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean > NORMAL_FROM) return max(0, round(mean + sqrt(mean) * random.normal()));
  let [count, product] = [0, random.next()];
  for (const floor = exp(-mean); product > floor; count++) product *= random.next();
  return count;
}

/** How many of `trials` succeed. */
export function binomial(random: Random, trials: number, probability: number): number {
  if (trials <= 0 || !(probability > 0)) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  const mean = trials * probability;
  if (mean > NORMAL_FROM) return min(trials, max(0, round(mean + sqrt(mean * (1 - probability)) * random.normal())));
  return binomialByGaps(random, trials, probability);
}

/** The gaps between successes are geometric, so the cost grows with the successes alone. */
function binomialByGaps(random: Random, trials: number, probability: number): number {
  // Not log(1 - probability), which is 0 for the probabilities far out in a tail.
  const scale = log1p(-probability);
  let [successes, at] = [0, 0];
  for (;;) {
    at += max(1, ceil(log(1 - random.next()) / scale));
    if (at > trials) return successes;
    successes += 1;
  }
}

/** Adds `trials` draws from a distribution over cells to their counts. */
export function addMultinomial(
  random: Random,
  counts: number[],
  trials: number,
  probabilities: readonly number[],
): void {
  let [left, mass] = [trials, 1];
  for (let i = 0; i < probabilities.length && left > 0; i++) {
    const probability = probabilities[i] ?? 0;
    const drawn = i === probabilities.length - 1 ? left : binomial(random, left, min(1, probability / mass));
    counts[i] = (counts[i] ?? 0) + drawn;
    left -= drawn;
    mass -= probability;
    if (mass <= 1e-12) mass = 1e-12;
  }
}

/** Probability of each latency bucket for a lognormal latency. */
export function lognormalBuckets(bounds: readonly number[], median: number, sigma: number): readonly number[] {
  const below = bounds.map((bound) => normalBelow(log(bound / median) / sigma));
  return [...below, 1].map((share, i) => share - (below[i - 1] ?? 0));
}

/** Zelen and Severo's approximation of the normal distribution function (Abramowitz and Stegun 26.2.17). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (exp(-(z * z) / 2) / sqrt(2 * PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}
