import { logSum, timesWorse } from "./mixture";
import type { Sums } from "./sums";

/**
 * Evidence that harm comes more often than a limit allows, as the logarithm of an e-value: a mixture of likelihood
 * ratios of higher rates against the limit. For samples in any order, in batches of any size, its expectation is at
 * most 1 at every moment while the true rate is within the limit, so it passes 1/α at any time with a chance of at most
 * α (Ville's inequality), however often one looks.
 */
export function logEvidenceOverLimit({ samples, harm }: Sums, limit: number): number {
  if (samples <= 0 || limit > 1 - smallestLimit) return 0;
  const p = Math.max(limit, smallestLimit);
  return logSum(
    timesWorse.map(({ factor, share }) => {
      const worse = (p * factor) / (1 - p + p * factor);
      const log = harm * Math.log(worse / p) + (samples - harm) * Math.log((1 - worse) / (1 - p));
      return { weight: share, log };
    }),
  );
}

/** A limit of 0 would make a single error proof beyond doubt; a limit that nobody can measure is as strict in practice. */
const smallestLimit = 1e-9;
