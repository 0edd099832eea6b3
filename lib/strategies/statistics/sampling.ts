import type { Random } from "../../core/random";

const { ceil, cos, exp, log, max, min, PI, round, sqrt } = Math;

/** From this mean on, counts are drawn from the normal distribution, whose error is then far below their spread. */
const NORMAL_FROM = 40;

/** A count of rare, independent events. */
export function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean > NORMAL_FROM) return max(0, round(mean + sqrt(mean) * normal(random)));
  const floor = exp(-mean);
  let count = 0;
  for (let product = random(); product > floor; count++) product *= random();
  return count;
}

/** How many of some trials succeed. */
export function binomial(random: Random, trials: number, probability: number): number {
  if (!(trials > 0) || !(probability > 0)) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  const mean = trials * probability;
  if (mean > NORMAL_FROM) return min(trials, max(0, round(mean + sqrt(mean * (1 - probability)) * normal(random))));
  return binomialByGaps(random, trials, probability);
}

/** The gaps between successes are geometric, so the cost grows only with the successes. */
function binomialByGaps(random: Random, trials: number, probability: number): number {
  const scale = log(1 - probability);
  let successes = 0;
  for (let at = 0; ; successes++) {
    at += max(1, ceil(log(1 - random()) / scale));
    if (at > trials) return successes;
  }
}

/** A value of the standard normal distribution, by Box and Muller. */
const normal = (random: Random): number => sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
