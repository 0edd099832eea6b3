import type { Weights } from "../decision";

const { log } = Math;

/** Probability that a test whose split is as declared is stopped. */
export const SIGNIFICANCE = 0.001;

/** Relative deviation of a track's share of the users that is not a fault: retries of first requests can cause it. */
const TOLERANCE = 0.02;

/** A track whose share of the users is not the declared one. */
interface SampleRatioMismatch {
  readonly track: string;
  readonly declared: number;
  /** Percent of the users that it got. */
  readonly observed: number;
}

/**
 * Finds a sample ratio mismatch among independently assigned users, at any number of interim looks: a sequential multinomial
 * test (Lindon and Malek, "Anytime-valid inference for multinomial count data") with a Dirichlet mixture around the declared
 * split.
 */
export function sampleRatioMismatch(
  split: Weights,
  users: Readonly<Record<string, number>>,
): SampleRatioMismatch | undefined {
  const tracks = Object.keys(split).filter((track) => (split[track] ?? 0) > 0);
  const counts = tracks.map((track) => users[track] ?? 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const declaredShares = tracks.map((track) => (split[track] ?? 0) / 100);
  if (all <= 0 || logEvidence(declaredShares, counts) < log(1 / SIGNIFICANCE)) return undefined;
  const shares = tracks.map((track, i) => {
    const [declared, observed] = [split[track] ?? 0, (100 * (counts[i] ?? 0)) / all];
    return { track, declared, observed, off: Math.abs(observed - declared) / declared };
  });
  const worst = shares.reduce((a, b) => (b.off > a.off ? b : a));
  return worst.off > TOLERANCE ? { track: worst.track, declared: worst.declared, observed: worst.observed } : undefined;
}

/** Concentration of the mixture around the declared split: high enough for small mismatches, low enough to find them early. */
const CONCENTRATION = 100;

function logEvidence(shares: readonly number[], counts: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  let evidence = logGamma(CONCENTRATION) - logGamma(CONCENTRATION + all);
  shares.forEach((share, i) => {
    const count = counts[i] ?? 0;
    const prior = CONCENTRATION * share;
    evidence += logGamma(prior + count) - logGamma(prior) - count * log(share);
  });
  return evidence;
}

/** The logarithm of the gamma function by Stirling's series, which has ten digits from 7 on; smaller arguments are shifted. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 7; y++) shift += log(y);
  const z = 1 / (y * y);
  const series = 1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680));
  return (y - 0.5) * log(y) - y + 0.5 * log(2 * Math.PI) + series / y - shift;
}
