import { logSum } from "./mixture";
import { logEvidenceOfLessGood, logEvidenceOfMoreHarm } from "./two-sample";
import { meanHarm, type Sums } from "./sums";

const { log, log1p, max } = Math;

/**
 * Evidence that the mean harm of one track is higher than another's, for samples between 0 and 1 of any distribution,
 * as the logarithm of an e-value. Two tests share the stake: one on the rarer of harm and good, counted as events, and
 * one on a shift of the mean against its spread. `reference` is a mean harm fixed before these samples: it says which of
 * the two is rarer, and from where the spread is measured.
 */
export function logEvidenceOfHigherMean(track: Sums, baseline: Sums, reference: number): number {
  if (track.samples <= 0 || baseline.samples <= 0) return 0;
  const parts = [
    reference <= 0.5 ? logEvidenceOfMoreHarm(track, baseline) : logEvidenceOfLessGood(track, baseline),
    logEvidenceOfShift(track, baseline, reference),
  ];
  return logSum(parts) - log(parts.length);
}

/**
 * An empirical Bernstein e-value (Howard, Ramdas, McAuliffe, Sekhon; "Time-uniform, nonparametric, nonasymptotic
 * confidence sequences") of each track, with bets in proportion to the samples so that the unknown common mean cancels.
 */
function logEvidenceOfShift(track: Sums, baseline: Sums, reference: number): number {
  const shift = track.samples * (meanHarm(track) - meanHarm(baseline));
  const spread = squaresAround(track, reference);
  const baselineSpread = squaresAround(baseline, reference);
  const proportion = track.samples / baseline.samples;
  const logs = bets.map(({ bet, price }) => {
    const baselineBet = bet * proportion;
    return baselineBet < 1 ? bet * shift - price * spread - priceOf(baselineBet) * baselineSpread : -Infinity;
  });
  return logSum(logs) - log(bets.length);
}

const priceOf = (bet: number): number => -log1p(-bet) - bet;

const bets = [0.03, 0.1, 0.3, 0.7].map((bet) => ({ bet, price: priceOf(bet) }));

const squaresAround = ({ samples, harm, squares }: Sums, center: number): number =>
  max(0, squares - 2 * center * harm + samples * center * center);
