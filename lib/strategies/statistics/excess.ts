import { meanLoss, type LossMoments } from "./loss-moments";

const { log, max, sqrt } = Math;

/*
 * How far an estimate lies beyond what is allowed, in standard errors; 0 or less when it is within. These are z-scores for
 * one point in time and not for repeated looks, for which the sequential evidence is made.
 */

/** Excess of a rate over a fixed limit, by the likelihood ratio, which stays accurate for a handful of events. */
export function excessOverLimit({ samples, loss }: LossMoments, limit: number): number {
  if (samples <= 0 || loss / samples <= limit) return 0;
  if (limit <= 0) return Infinity;
  return sqrt(2 * samples * divergence(loss / samples, limit));
}

/**
 * Excess of a rate over another track's rate times a ratio. Events are few, so it conditions on their number: without a
 * difference, each falls on the candidate with the probability of its share of the samples.
 */
export function excessOverShare(candidate: LossMoments, baseline: LossMoments, ratio: number): number {
  const events = candidate.loss + baseline.loss;
  if (events <= 0 || candidate.samples <= 0 || baseline.samples <= 0) return 0;
  const share = (candidate.samples * ratio) / (candidate.samples * ratio + baseline.samples);
  return excessOverLimit({ samples: events, loss: candidate.loss, squares: candidate.loss }, share);
}

/** Excess of a mean loss over another track's mean plus an allowance, by their spreads. */
export function excessOverMean(candidate: LossMoments, baseline: LossMoments, allowance: number): number {
  const excess = meanLoss(candidate) - meanLoss(baseline) - allowance;
  if (excess <= 0 || candidate.samples <= 0 || baseline.samples <= 0) return 0;
  return excess / sqrt(squaredError(candidate) + squaredError(baseline));
}

function squaredError(moments: LossMoments): number {
  const mean = meanLoss(moments);
  return max(0, moments.squares / moments.samples - mean * mean) / moments.samples;
}

/** Kullback–Leibler divergence of a Bernoulli distribution with rate p from one with rate q. */
export function divergence(p: number, q: number): number {
  const part = (a: number, b: number): number => (a > 0 ? a * log(a / b) : 0);
  return part(p, q) + part(1 - p, 1 - q);
}
