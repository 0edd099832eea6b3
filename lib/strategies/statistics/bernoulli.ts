import type { LossMoments } from "./loss-moments";
import { HIGHER_RATES, logMixture } from "./mixture";

/**
 * Evidence that losses are more frequent than a limit allows, as the logarithm of an e-value: a mixture of likelihood
 * ratios of higher rates against the limit. For samples in any order and in batches of any size, its expectation is at most
 * 1 at any time while the true rate is within the limit, so it ever exceeds 1/α with probability at most α (Ville's
 * inequality), however often it is evaluated.
 */
export function evidenceOverLimit(limit: number): (losses: LossMoments) => number {
  if (limit > 1 - MIN_LIMIT) return () => 0;
  const p = Math.max(limit, MIN_LIMIT);
  const bets = HIGHER_RATES.map((alternative) => {
    const higher = (p * alternative.factor) / (1 - p + p * alternative.factor);
    return { ...alternative, lost: Math.log(higher / p), kept: Math.log((1 - higher) / (1 - p)) };
  });
  return ({ samples, loss }) => logMixture(bets, ({ lost, kept }) => loss * lost + (samples - loss) * kept);
}

/** With a limit of 0 a single error would be conclusive; this limit is as strict in practice. */
const MIN_LIMIT = 1e-9;
