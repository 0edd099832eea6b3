import { logSum } from "../mixture";

const { exp, log, max, min, round } = Math;

/**
 * The value of the bets from all starting points of a stage: for each of several dispersions, and in it for each bet, the
 * logarithm of the sum over all starts of share · exp(evidence since the start / dispersion). The sum grows by one factor per
 * block, so one number holds all starts (Shiryaev and Roberts). There are several dispersions because the true one becomes
 * known only later.
 */
export type Ledger = readonly number[];

/** Between two of these dispersions, evidence is interpolated. */
const DISPERSIONS = [1, 1.5, 2.5, 5, 12];

/** Logarithms are rounded to thousandths and bounded, so that the state stays small and finite. */
const PRECISION = 1e3;
const MIN_LOG = -700;
const MAX_LOG = 1e6;

/** Beyond this, a share that is added changes nothing, and the exponential would overflow. */
const MAX_EXPONENT = 600;

export const NEW_LEDGER: Ledger = [];

/** A ledger with its first start, for some number of bets. */
export function firstStart(bets: number, share: number): Ledger {
  return new Array<number>(DISPERSIONS.length * bets).fill(bounded(log(share)));
}

/** The ledger after a block, with another start at its end. Plain loops, because this is most of an evaluation's time. */
export function settle(ledger: Ledger, logFactors: readonly number[], share: number): Ledger {
  const settled: number[] = [];
  for (const dispersion of DISPERSIONS) {
    for (const factor of logFactors) {
      const value = (ledger[settled.length] ?? -Infinity) + factor / dispersion;
      settled.push(bounded(value < MAX_EXPONENT ? log(exp(value) + share) : value));
    }
  }
  return settled;
}

// Adding 0 turns −0, which JSON does not preserve, into 0.
const bounded = (value: number): number => round(max(MIN_LOG, min(MAX_LOG, value)) * PRECISION) / PRECISION + 0;

/** The logarithm of the value of all bets at a dispersion, including the open block. */
export function logOfMixture(
  ledger: Ledger,
  logShares: readonly number[],
  open: readonly number[],
  dispersion: number,
): number {
  if (logShares.length === 0) return -Infinity;
  const above = DISPERSIONS.findIndex((each) => each >= dispersion);
  const upper = above < 0 ? DISPERSIONS.length - 1 : above;
  const high = logOfRow(ledger, upper, logShares, open);
  if (above <= 0) return high;
  const lower = above - 1;
  const low = logOfRow(ledger, lower, logShares, open);
  const [x, a, b] = [1 / dispersion, 1 / (DISPERSIONS[lower] ?? 1), 1 / (DISPERSIONS[upper] ?? 1)];
  return low + ((high - low) * (a - x)) / (a - b);
}

function logOfRow(ledger: Ledger, row: number, logShares: readonly number[], open: readonly number[]): number {
  const dispersion = DISPERSIONS[row] ?? 1;
  const offset = row * logShares.length;
  const logs: number[] = [];
  for (let bet = 0; bet < logShares.length; bet++)
    logs.push((logShares[bet] ?? 0) + (ledger[offset + bet] ?? -Infinity) + (open[bet] ?? 0) / dispersion);
  return logSum(logs);
}
