import type { LossMoments } from "./loss-moments";
import { alternatives, HIGHER_RATES, logMixture, type Alternative } from "./mixture";

const { log } = Math;

/**
 * Evidence that losses are more frequent on the candidate than on the baseline, as the logarithm of an e-value, where
 * neither rate is known. The unknown common rate is integrated out over its scale, with the same weight under both
 * hypotheses:
 *
 *     (f)^k₁ · ((n₀ + n₁) / (n₀ + f·n₁))^(k₀ + k₁)          for "f times as frequent", averaged over f
 *
 * Its expectation is at most 1 at every evaluation, for any common rate and any samples between 0 and 1 (their sums vary no
 * more than Poisson counts), and it is a martingale in the sequence of tracks that the losses fall on. It needs only the
 * four totals: order and batch sizes do not matter, and the baseline's whole history counts.
 */
export function logEvidenceOfHigherRate(candidate: LossMoments, baseline: LossMoments): number {
  return logEvidenceOfRatio(candidate.samples, candidate.loss, baseline.samples, baseline.loss, HIGHER_RATES);
}

/** The same for successes: evidence that they are less frequent. Stronger where success is rare, such as a sale. */
export function logEvidenceOfLowerSuccessRate(candidate: LossMoments, baseline: LossMoments): number {
  const successes = candidate.samples - candidate.loss;
  const baselineSuccesses = baseline.samples - baseline.loss;
  return logEvidenceOfRatio(candidate.samples, successes, baseline.samples, baselineSuccesses, LOWER_RATES);
}

const LOWER_RATES = alternatives([
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
