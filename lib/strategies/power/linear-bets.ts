import type { Bets } from "../statistics/concurrent/bets";
import type { Block } from "../statistics/concurrent/block";

/** Requests, and how many of them were lost: they failed, or took longer than the objective. */
export interface LossCounts {
  samples: number;
  lost: number;
}

/**
 * Bets on the rate of losses while the proportion of the samples of both tracks is constant. The logarithm of each bet's value
 * is then linear in the losses of each track, so that a thousand values cost little.
 */
export interface LinearBets {
  readonly shares: readonly number[];
  readonly perCandidateLoss: readonly number[];
  readonly perBaselineLoss: readonly number[];
}

export function linearize({ logShares, logFactors }: Bets, candidate: number, baseline: number): LinearBets {
  const block = (candidateLoss: number, baselineLoss: number): Block => ({
    candidate: { samples: candidate, loss: candidateLoss, squares: candidateLoss },
    baseline: { samples: baseline, loss: baselineLoss, squares: baselineLoss },
  });
  return {
    shares: logShares.map(Math.exp),
    perCandidateLoss: logFactors(block(1, 0)),
    perBaselineLoss: logFactors(block(0, 1)),
  };
}

/** The value of all bets together. */
export function valueOf(bets: LinearBets, candidateLoss: number, baselineLoss: number): number {
  const { shares, perCandidateLoss, perBaselineLoss } = bets;
  let value = 0;
  for (let i = 0; i < shares.length; i++) {
    const log = candidateLoss * (perCandidateLoss[i] ?? 0) + baselineLoss * (perBaselineLoss[i] ?? 0);
    value += (shares[i] ?? 0) * Math.exp(Math.min(log, MAX_LOG));
  }
  return value;
}

/** Beyond any limit, and still finite. */
const MAX_LOG = 300;
