import type { Weights } from "../decision";

const { log } = Math;

/** How sure it must be that a split is not the declared one before the test stops. */
const chance = 0.001;

/**
 * Shares of requests may be off by this much of what was declared without being a fault: users do not make the same
 * number of requests each, and chance alone moves few users with many.
 */
const tolerated = 0.1;

/** A track whose share of the requests is not what was declared. */
export interface BrokenSplit {
  readonly track: string;
  readonly declared: number;
  /** Percent of the requests that it got. */
  readonly observed: number;
}

/**
 * Whether requests came in another ratio than declared, at any look: a sequential multinomial test (Lindon and Malek,
 * "Anytime-valid inference for multinomial count data") with a Dirichlet mixture around the declared split.
 */
export function brokenSplit(split: Weights, requests: Readonly<Record<string, number>>): BrokenSplit | undefined {
  const tracks = Object.keys(split).filter((track) => (split[track] ?? 0) > 0);
  const counts = tracks.map((track) => requests[track] ?? 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (
    all <= 0 ||
    logEvidence(
      tracks.map((track) => (split[track] ?? 0) / 100),
      counts,
    ) < log(1 / chance)
  )
    return undefined;
  const shares = tracks.map((track, i) => {
    const [declared, observed] = [split[track] ?? 0, (100 * (counts[i] ?? 0)) / all];
    return { track, declared, observed, off: Math.abs(observed - declared) / declared };
  });
  const worst = shares.reduce((a, b) => (b.off > a.off ? b : a));
  return worst.off > tolerated ? { track: worst.track, declared: worst.declared, observed: worst.observed } : undefined;
}

/** Weight of the declared split in the mixture: large enough to find small faults, small enough to find them early. */
const concentration = 100;

function logEvidence(shares: readonly number[], counts: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  let evidence = logGamma(concentration) - logGamma(concentration + all);
  shares.forEach((share, i) => {
    const count = counts[i] ?? 0;
    const prior = concentration * share;
    evidence += logGamma(prior + count) - logGamma(prior) - count * log(share);
  });
  return evidence;
}

/** The logarithm of the gamma function, by Stirling's series; good to ten digits from 7 on, and shifted up to there. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 7; y++) shift += log(y);
  const z = 1 / (y * y);
  const series = 1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680));
  return (y - 0.5) * log(y) - y + 0.5 * log(2 * Math.PI) + series / y - shift;
}
