import type { MetricSums } from "../observation";
import { differenceOfValues } from "./difference";
import type { AbTestPolicy, PrimaryMetric } from "./policy";

const { abs, ceil, exp, max, min, sqrt } = Math;

/** Share of the tests that find the effect that they look for within the planned time. */
export const POWER = 0.8;

/** A difference that a test should be able to find, and the distribution of its values. */
interface PowerQuestion {
  /** Mean of the control's values; not 0. */
  readonly mean: number;
  /** Standard deviation of the control's values. */
  readonly deviation: number;
  /** Difference of the means, in the metric's unit, that the variant has and that the test looks for. */
  readonly effect: number;
  /** Probability of a false win of this variant. */
  readonly chance: number;
  /** Probability of finding the effect if there is one. */
  readonly power: number;
}

/** Largest standard deviation of values between two bounds with this mean; a rate has exactly this one. */
export function largestDeviation(mean: number, { lowerBound, upperBound }: Bounds): number {
  return sqrt(max(0, (upperBound - mean) * (mean - lowerBound)));
}

type Bounds = Pick<PrimaryMetric, "lowerBound" | "upperBound">;

/**
 * Values that control and variant each need until the always-valid interval of `differenceOfValues` has excluded 0 with the
 * requested power, with continuous interim looks. About 1.7 times what a test with a single look at its end needs.
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
 * Probability that a difference of `effect` has been found with this many values on each side. The estimate times its
 * information is a Brownian motion, and the interval a concave boundary for it. The tangent at the end is above the
 * boundary everywhere, so this is slightly less than the true probability.
 */
export function powerOf(question: PowerQuestion, values: number): number {
  const information = informationIn(question, values);
  const boundary = boundaryAt(question, values);
  const slope = (boundaryAt(question, values * (1 + STEP)) - boundary) / (information * STEP);
  const [start, drift, root] = [boundary - slope * information, abs(question.effect) - slope, sqrt(information)];
  // The probability that a Brownian motion with drift crosses a fixed level.
  const late = normal((drift * information - start) / root);
  const early = exp(2 * drift * start) * normal((-drift * information - start) / root);
  return min(1, late + (Number.isFinite(early) ? early : 0));
}

/** Relative step in the number of values for the slope of the boundary. */
const STEP = 1e-4;

/** What the estimate times its information must reach for the interval to exclude 0. */
function boundaryAt(question: PowerQuestion, values: number): number {
  const { mean, deviation, effect, chance } = question;
  const control = sumsOf(values, mean, deviation ** 2);
  const variant = sumsOf(values, mean + effect, varianceOfVariant(question));
  const { from, to } = differenceOfValues(control, variant, { scale: abs(effect), range: 0, chance });
  return ((to - from) / 2) * informationIn(question, values);
}

/** The information: one over the squared standard error of the difference of the means. */
function informationIn(question: PowerQuestion, values: number): number {
  return values / (question.deviation ** 2 + varianceOfVariant(question));
}

/** The variance of clicks or of revenue grows with their mean. */
function varianceOfVariant({ mean, deviation, effect }: PowerQuestion): number {
  return deviation ** 2 * (1 + abs(effect / mean));
}

function sumsOf(count: number, mean: number, variance: number): MetricSums {
  return { count, sum: count * mean, sumOfSquares: count * (variance + mean ** 2) };
}

/** The normal distribution function, to seven digits in both tails (erfc of Numerical Recipes). */
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

/** What is known about a metric before a test. */
export interface Expected {
  /** Values of the metric per second, from all variants together. */
  readonly valuesPerSecond: number;
  /** Mean of the control's values. */
  readonly mean: number;
  /** Standard deviation of the values. */
  readonly deviation: number;
}

/** How long a test must run. */
interface TestLength {
  /** Values that each variant needs. */
  readonly values: number;
  /** Time until the variant with the smallest share has them. */
  readonly seconds: number;
}

/** How long a declared test must run to find the smallest effect that matters, if there is one. */
export function testLength(
  { metric, variants, split, falseWinRate }: Pick<AbTestPolicy, "metric" | "variants" | "split" | "falseWinRate">,
  { valuesPerSecond, mean, deviation }: Expected,
): TestLength {
  const effect = metric.minimumEffect * abs(mean);
  const chance = falseWinRate / max(1, variants.length - 1);
  const needed = valuesPerVariant({ mean, deviation, effect, chance, power: POWER });
  const values = max(metric.minimumSamples, needed);
  const smallest = min(...variants.map((name) => split[name] ?? 0));
  return { values, seconds: (100 * values) / (smallest * valuesPerSecond) };
}
