import { logMixture, timesWorse } from "./mixture";
import type { Sums } from "./sums";

/**
 * Evidence that harm comes more often than a limit allows, as the logarithm of an e-value: a mixture of likelihood
 * ratios of higher rates against the limit. For samples in any order, in batches of any size, its expectation is at
 * most 1 at every moment while the true rate is within the limit, so it passes 1/α at any time with a chance of at most
 * α (Ville's inequality), however often one looks.
 */
export function overLimit(limit: number): (sums: Sums) => number {
  if (limit > 1 - smallestLimit) return () => 0;
  const p = Math.max(limit, smallestLimit);
  const bets = timesWorse.map((alternative) => {
    const worse = (p * alternative.factor) / (1 - p + p * alternative.factor);
    return { ...alternative, harmed: Math.log(worse / p), well: Math.log((1 - worse) / (1 - p)) };
  });
  return ({ samples, harm }) => logMixture(bets, ({ harmed, well }) => harm * harmed + (samples - harm) * well);
}

/** A limit of 0 would make a single error proof beyond doubt; this one is as strict in practice. */
const smallestLimit = 1e-9;
