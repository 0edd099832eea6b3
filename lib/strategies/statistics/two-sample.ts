import { alternatives, logMixture, timesWorse, type Alternative } from "./mixture";
import type { Sums } from "./sums";

const { log } = Math;

/**
 * Evidence that harm comes more often on one track than on another, as the logarithm of an e-value, where neither rate
 * is known. The unknown common rate is integrated out over its scale, with the same weight under both hypotheses:
 *
 *     (f)^k₁ · ((n₀ + n₁) / (n₀ + f·n₁))^(k₀ + k₁)          for "f times as often", averaged over f
 *
 * Its expectation is at most 1 at every look, for any common rate and any samples between 0 and 1 (their sums are no
 * wilder than Poisson counts), and it moves as a martingale with the marks of the harmful events. It needs the four
 * totals alone: order and batch sizes do not matter, and the baseline's whole history counts.
 */
export function logEvidenceOfMoreHarm(track: Sums, baseline: Sums): number {
  return logEvidenceOfRatio(track.samples, track.harm, baseline.samples, baseline.harm, timesWorse);
}

/** The same on what went well: evidence that good comes less often. Stronger where good is rare, such as a sale. */
export function logEvidenceOfLessGood(track: Sums, baseline: Sums): number {
  const good = track.samples - track.harm;
  const baselineGood = baseline.samples - baseline.harm;
  return logEvidenceOfRatio(track.samples, good, baseline.samples, baselineGood, timesRarer);
}

const timesRarer = alternatives([
  [0.9, 0.25],
  [0.75, 0.25],
  [0.5, 0.25],
  [0.2, 0.25],
]);

function logEvidenceOfRatio(
  samples: number,
  events: number,
  baselineSamples: number,
  baselineEvents: number,
  bets: readonly Alternative[],
): number {
  if (samples <= 0 || baselineSamples <= 0) return 0;
  const logAll = log(samples + baselineSamples);
  return logMixture(
    bets,
    ({ factor, logFactor }) =>
      events * logFactor + (events + baselineEvents) * (logAll - log(baselineSamples + factor * samples)),
  );
}
