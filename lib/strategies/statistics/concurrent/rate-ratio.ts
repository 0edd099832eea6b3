import type { Bets } from "./bets";
import type { Block } from "./block";

const { log } = Math;

/** Events and samples on each track in a block. */
export interface BlockEvents {
  readonly candidateSamples: number;
  readonly candidateEvents: number;
  readonly baselineSamples: number;
  readonly baselineEvents: number;
}

/** Alternatives of how many times the allowed rate of events is, each with its share of the wealth. */
export type RateFactors = readonly (readonly [factor: number, share: number])[];

/**
 * Bets that the rate of events on the candidate is more (or less, for factors below 1) than `allowedRatio` times the rate on
 * the baseline *in the same block*. Given the number of events on both tracks, K, each falls on the candidate with the
 * probability n₁'/(n₀ + n₁'), where n₁' = allowedRatio · n₁, whatever the rate in the block is: an outage, a burst or a busy
 * hour that both tracks share changes K and not the odds. A rate f times as high has the likelihood ratio
 *
 *     f^k₁ · ((n₀ + n₁') / (n₀ + f·n₁'))^K
 *
 * (Lindon and Malek, "Anytime-valid inference for multinomial count data", 2022: the conditional test of Poisson counts.)
 */
export function rateRatioBets(
  factors: RateFactors,
  allowedRatio: number,
  eventsOf: (block: Block) => BlockEvents,
): Bets {
  const alternatives = factors.map(([factor]) => ({ factor, logFactor: log(factor) }));
  const nothing = factors.map(() => 0);
  return {
    logShares: factors.map(([, share]) => log(share)),
    logFactors(block) {
      const { candidateSamples, candidateEvents, baselineSamples, baselineEvents } = eventsOf(block);
      if (candidateSamples <= 0 || baselineSamples <= 0) return nothing;
      const exposure = candidateSamples * allowedRatio;
      const logAll = log(baselineSamples + exposure);
      const events = candidateEvents + baselineEvents;
      return alternatives.map(
        ({ factor, logFactor }) =>
          candidateEvents * logFactor - events * (log(baselineSamples + factor * exposure) - logAll),
      );
    },
  };
}
