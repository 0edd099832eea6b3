import { logSum } from "./mixture";
import { logEvidenceOfLessGood, logEvidenceOfMoreHarm } from "./two-sample";
import { meanHarm, type Sums } from "./sums";

/**
 * Evidence that the mean harm of one track is higher than another's, for samples between 0 and 1 of any distribution,
 * as the logarithm of an e-value. Three tests share the stake: harm as rare events, good as rare events, and a shift of
 * the mean against its spread. `reference` is a mean fixed before these samples, from which their spread is measured.
 */
export function logEvidenceOfHigherMean(track: Sums, baseline: Sums, reference: number): number {
  if (track.samples <= 0 || baseline.samples <= 0) return 0;
  return logSum([
    { weight: 1 / 3, log: logEvidenceOfMoreHarm(track, baseline) },
    { weight: 1 / 3, log: logEvidenceOfLessGood(track, baseline) },
    { weight: 1 / 3, log: logEvidenceOfShift(track, baseline, reference) },
  ]);
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
  return logSum(
    bets.map((bet) => {
      const baselineBet = bet * proportion;
      const log = baselineBet < 1 ? bet * shift - price(bet) * spread - price(baselineBet) * baselineSpread : -Infinity;
      return { weight: 1 / bets.length, log };
    }),
  );
}

const bets = [0.03, 0.1, 0.3, 0.7];

const price = (bet: number): number => -Math.log1p(-bet) - bet;

const squaresAround = ({ samples, harm, squares }: Sums, center: number): number =>
  Math.max(0, squares - 2 * center * harm + samples * center * center);
