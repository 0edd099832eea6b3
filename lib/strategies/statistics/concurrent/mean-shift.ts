import type { Bets } from "./bets";
import type { LossMoments } from "../loss-moments";

const { log, log1p, max, min } = Math;

const SIZES = [0.03, 0.1, 0.3, 0.7];

/**
 * Bets that the candidate's mean loss is higher than the baseline's of the same block by more than `allowance`, for losses
 * between 0 and 1 of any distribution: an empirical Bernstein e-value of each track (Howard, Ramdas, McAuliffe and Sekhon,
 * "Time-uniform, nonparametric, nonasymptotic confidence sequences"), with bets in inverse proportion to the samples, so
 * that the common mean of the block cancels. `center`, around which the spread is measured, is fixed before the block.
 */
export function meanShiftBets(allowance: number, center: number): Bets {
  const nothing = SIZES.map(() => 0);
  return {
    logShares: SIZES.map(() => -log(SIZES.length)),
    logFactors({ candidate, baseline }) {
      if (candidate.samples <= 0 || baseline.samples <= 0) return nothing;
      const shift =
        candidate.loss - candidate.samples * (baseline.loss / baseline.samples) - candidate.samples * allowance;
      const [spread, baselineSpread] = [squaresAround(candidate, center), squaresAround(baseline, center)];
      const proportion = candidate.samples / baseline.samples;
      return SIZES.map((size) => {
        const bet = size * min(1, 1 / proportion);
        return bet * shift - priceOf(bet) * spread - priceOf(bet * proportion) * baselineSpread;
      });
    },
  };
}

const priceOf = (bet: number): number => -log1p(-bet) - bet;

const squaresAround = ({ samples, loss, squares }: LossMoments, center: number): number =>
  max(0, squares - 2 * center * loss + samples * center * center);
