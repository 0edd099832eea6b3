import { meanLoss, type LossMoments } from "./loss-moments";
import { logSum } from "./mixture";
import { logEvidenceOfHigherRate, logEvidenceOfLowerSuccessRate } from "./two-sample";

const { log, log1p, max } = Math;

/**
 * Evidence that the candidate's mean loss is higher than the baseline's, for samples between 0 and 1 of any distribution,
 * as the logarithm of an e-value. Two tests share the wealth: one on losses or successes, whichever are rarer, counted as
 * events, and one on a shift of the mean relative to its spread. `reference` is a mean loss fixed before these samples: it
 * decides which of the two is rarer, and is the center from which the spread is measured.
 */
export function logEvidenceOfHigherMean(candidate: LossMoments, baseline: LossMoments, reference: number): number {
  if (candidate.samples <= 0 || baseline.samples <= 0) return 0;
  const parts = [
    reference <= 0.5
      ? logEvidenceOfHigherRate(candidate, baseline)
      : logEvidenceOfLowerSuccessRate(candidate, baseline),
    logEvidenceOfShift(candidate, baseline, reference),
  ];
  return logSum(parts) - log(parts.length);
}

/**
 * An empirical Bernstein e-value (Howard, Ramdas, McAuliffe, Sekhon; "Time-uniform, nonparametric, nonasymptotic
 * confidence sequences") of each track, with bets in proportion to the samples so that the unknown common mean cancels.
 */
function logEvidenceOfShift(candidate: LossMoments, baseline: LossMoments, reference: number): number {
  const shift = candidate.samples * (meanLoss(candidate) - meanLoss(baseline));
  const spread = squaresAround(candidate, reference);
  const baselineSpread = squaresAround(baseline, reference);
  const proportion = candidate.samples / baseline.samples;
  const logs = BETS.map(({ bet, price }) => {
    const baselineBet = bet * proportion;
    return baselineBet < 1 ? bet * shift - price * spread - priceOf(baselineBet) * baselineSpread : -Infinity;
  });
  return logSum(logs) - log(BETS.length);
}

const priceOf = (bet: number): number => -log1p(-bet) - bet;

const BETS = [0.03, 0.1, 0.3, 0.7].map((bet) => ({ bet, price: priceOf(bet) }));

const squaresAround = ({ samples, loss, squares }: LossMoments, center: number): number =>
  max(0, squares - 2 * center * loss + samples * center * center);
