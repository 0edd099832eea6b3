import { meanHarm, type Sums } from "./sums";

const { log, max, sqrt } = Math;

/*
 * How far an estimate lies beyond what is allowed, in standard errors. Zero or less when it is within. For a glance at
 * one moment, not for repeated looks: those are what the evidence is for.
 */

/** Of a share over a fixed limit; by the likelihood ratio, which stays honest for a handful of events. */
export function excessOverLimit({ samples, harm }: Sums, limit: number): number {
  if (samples <= 0 || harm / samples <= limit) return 0;
  if (limit <= 0) return Infinity;
  return sqrt(2 * samples * divergence(harm / samples, limit));
}

/** Of a share over another track's share times a ratio. Events are few: given their number, chance shares them out. */
export function excessOverShare(track: Sums, baseline: Sums, ratio: number): number {
  const events = track.harm + baseline.harm;
  if (events <= 0 || track.samples <= 0 || baseline.samples <= 0) return 0;
  const share = (track.samples * ratio) / (track.samples * ratio + baseline.samples);
  return excessOverLimit({ samples: events, harm: track.harm, squares: track.harm }, share);
}

/** Of a mean harm over another track's mean plus an allowance, by their spreads. */
export function excessOverMean(track: Sums, baseline: Sums, allowance: number): number {
  const excess = meanHarm(track) - meanHarm(baseline) - allowance;
  if (excess <= 0 || track.samples <= 0 || baseline.samples <= 0) return 0;
  return excess / sqrt(squaredError(track) + squaredError(baseline));
}

function squaredError(sums: Sums): number {
  const mean = meanHarm(sums);
  return max(0, sums.squares / sums.samples - mean * mean) / sums.samples;
}

/** How much one sample tells, in the mean, that events come at a rate and not at another: Kullback and Leibler's divergence. */
export function divergence(p: number, q: number): number {
  const part = (a: number, b: number): number => (a > 0 ? a * log(a / b) : 0);
  return part(p, q) + part(1 - p, 1 - q);
}
