import type { Block } from "./block";

/**
 * Bets against a null hypothesis. Each multiplies its wealth in every block by a factor whose expectation is at most 1 while
 * the hypothesis holds in that block. The logarithms of the factors add up over blocks.
 */
export interface Bets {
  /** Logarithm of each bet's share of the wealth. */
  readonly logShares: readonly number[];
  /** Logarithm of each bet's factor in a block. */
  logFactors(block: Block): readonly number[];
}

/** No bets, for a hypothesis that is not tested. */
export const NO_BETS: Bets = { logShares: [], logFactors: () => [] };

/** Several sets of bets that divide the wealth equally. */
export function combineBets(parts: readonly Bets[]): Bets {
  const cost = Math.log(parts.length);
  return {
    logShares: parts.flatMap(({ logShares }) => logShares.map((share) => share - cost)),
    logFactors: (block) => parts.flatMap((part) => part.logFactors(block)),
  };
}
