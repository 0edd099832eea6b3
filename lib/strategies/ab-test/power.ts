import type { MetricSums } from "../observation";
import { differenceOf } from "./difference";
import type { AbTestPolicy, PrimaryMetric } from "./policy";

const { abs, ceil, exp, max, min, sqrt } = Math;

/** Share of the tests that find the effect that they look for, by the time that a plan gives them. */
export const POWER = 0.8;

/** A difference that a test should be able to show, and what its values are like. */
export interface PowerQuestion {
  /** Of the control's values; not 0. */
  readonly mean: number;
  /** Standard deviation of the control's values. */
  readonly deviation: number;
  /** Of the means, in the metric's unit: what the variant is better by, and what the test looks for. */
  readonly effect: number;
  /** Chance of a false win, of this variant. */
  readonly chance: number;
  /** Chance of showing the effect where it is there. */
  readonly power: number;
}

/** Standard deviation that values between two bounds can have at most with this mean; that of a rate is just this. */
export function largestDeviation(mean: number, { lowerBound, upperBound }: Bounds): number {
  return sqrt(max(0, (upperBound - mean) * (mean - lowerBound)));
}

type Bounds = Pick<PrimaryMetric, "lowerBound" | "upperBound">;

/**
 * Values that control and variant each need until the always-valid interval of `differenceOf` has shut out no difference
 * with the chance asked, looked at all along. About 1.7 times what a test with a single look at its end needs.
 */
export function valuesPerVariant(question: PowerQuestion): number {
  if (!Number.isFinite(question.mean / question.effect) || question.mean === 0) return Infinity;
  let [few, enough] = [1, 2];
  while (powerOf(question, enough) < question.power) {
    if (enough > 1e15) return Infinity;
    [few, enough] = [enough, 2 * enough];
  }
  while (enough - few > 1 && enough - few > enough * 1e-6) {
    const middle = (few + enough) / 2;
    if (powerOf(question, middle) < question.power) few = middle;
    else enough = middle;
  }
  return ceil(enough);
}

/**
 * Chance that a difference of `effect` was shown by so many values on each side. The estimate times what is known of it is
 * a Brownian motion, and the interval a concave limit for it; its tangent at the end lies above it all along, so this is
 * a little less than the true chance.
 */
export function powerOf(question: PowerQuestion, values: number): number {
  const known = knownBy(question, values);
  const limit = limitAt(question, values);
  const slope = (limitAt(question, values * (1 + STEP)) - limit) / (known * STEP);
  const [start, drift, root] = [limit - slope * known, abs(question.effect) - slope, sqrt(known)];
  // Of a Brownian motion that drifts, and a fixed height above its start.
  const late = normal((drift * known - start) / root);
  const early = exp(2 * drift * start) * normal((-drift * known - start) / root);
  return min(1, late + (Number.isFinite(early) ? early : 0));
}

/** Of the number of values, for the slope of the limit. */
const STEP = 1e-4;

/** What the estimate times what is known of it must come to, for its interval to shut out no difference. */
function limitAt(question: PowerQuestion, values: number): number {
  const { mean, deviation, effect, chance } = question;
  const control = sumsOf(values, mean, deviation ** 2);
  const variant = sumsOf(values, mean + effect, varianceOfVariant(question));
  const { from, to } = differenceOf(control, variant, { scale: abs(effect), range: 0, chance });
  return ((to - from) / 2) * knownBy(question, values);
}

/** One over the squared error of the difference of the means. */
function knownBy(question: PowerQuestion, values: number): number {
  return values / (question.deviation ** 2 + varianceOfVariant(question));
}

/** Values of clicks or of money vary the more, the more of them there are. */
function varianceOfVariant({ mean, deviation, effect }: PowerQuestion): number {
  return deviation ** 2 * (1 + abs(effect / mean));
}

function sumsOf(count: number, mean: number, variance: number): MetricSums {
  return { count, sum: count * mean, sumOfSquares: count * (variance + mean ** 2) };
}

/** The normal distribution, to seven digits of either tail (Numerical Recipes' fit of the complementary error function). */
function normal(x: number): number {
  const z = abs(x) / Math.SQRT2;
  const t = 1 / (1 + z / 2);
  const sum = COEFFICIENTS.reduceRight((total, coefficient) => coefficient + t * total, 0);
  const tail = (t * exp(-z * z + sum)) / 2;
  return x > 0 ? 1 - tail : tail;
}

const COEFFICIENTS = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** What is known of a metric before a test. */
export interface Expected {
  /** Values of the metric a second, from all variants together. */
  readonly valuesPerSecond: number;
  /** Of the control's values. */
  readonly mean: number;
  /** Standard deviation of the values. */
  readonly deviation: number;
}

/** How long a test must run. */
export interface TestLength {
  /** Values that each variant needs. */
  readonly values: number;
  /** Until the variant with the smallest share has them. */
  readonly seconds: number;
}

/** How long a declared test must run to find the least effect that matters, where it is there. */
export function testLength(
  { metric, variants, split, falseWinRate }: Pick<AbTestPolicy, "metric" | "variants" | "split" | "falseWinRate">,
  { valuesPerSecond, mean, deviation }: Expected,
): TestLength {
  const effect = metric.minimumEffect * abs(mean);
  const chance = falseWinRate / max(1, variants.length - 1);
  const shown = valuesPerVariant({ mean, deviation, effect, chance, power: POWER });
  const values = max(metric.minimumSamples, shown);
  const smallest = min(...variants.map((name) => split[name] ?? 0));
  return { values, seconds: (100 * values) / (smallest * valuesPerSecond) };
}
