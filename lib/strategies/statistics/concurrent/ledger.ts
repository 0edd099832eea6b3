const { exp, log, max, min, round } = Math;

/**
 * The value of the bets from all starting points of a stage: for each of several dispersions and for each bet, the logarithm
 * of the sum over all starts of share · exp(evidence since the start / dispersion). The sum grows by one factor per block, so
 * one number holds all starts (Shiryaev and Roberts). There are several dispersions because the true one becomes known only
 * later.
 */
export type Ledger = readonly (readonly number[])[];

/** Between two of these dispersions, evidence is interpolated. */
const DISPERSIONS = [1, 1.4, 2, 3, 5, 9, 20, 64];

/** Logarithms are rounded to thousandths and bounded, so that the state stays small and finite. */
const PRECISION = 1e3;
const MIN_LOG = -700;
const MAX_LOG = 1e6;

export const NEW_LEDGER: Ledger = [];

/** The ledger with another start, which bets from now on. */
export function addStart(ledger: Ledger, bets: number, share: number): Ledger {
  return DISPERSIONS.map((_, row) =>
    Array.from({ length: bets }, (_each, bet) => bounded(log(exp(min(600, ledger[row]?.[bet] ?? -Infinity)) + share))),
  );
}

/** The ledger after a block. */
export function settle(ledger: Ledger, logFactors: readonly number[]): Ledger {
  return ledger.map((row, i) => row.map((each, bet) => bounded(each + (logFactors[bet] ?? 0) / (DISPERSIONS[i] ?? 1))));
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
  const above = DISPERSIONS.findIndex((each) => each >= dispersion);
  const upper = above < 0 ? DISPERSIONS.length - 1 : above;
  const high = logOfRow(ledger[upper] ?? [], logShares, open, DISPERSIONS[upper] ?? 1);
  if (above <= 0) return high;
  const lower = above - 1;
  const low = logOfRow(ledger[lower] ?? [], logShares, open, DISPERSIONS[lower] ?? 1);
  const [x, a, b] = [1 / dispersion, 1 / (DISPERSIONS[lower] ?? 1), 1 / (DISPERSIONS[upper] ?? 1)];
  return low + ((high - low) * (a - x)) / (a - b);
}

function logOfRow(
  row: readonly number[],
  logShares: readonly number[],
  open: readonly number[],
  dispersion: number,
): number {
  let largest = -Infinity;
  const logs = logShares.map((share, bet) => share + (row[bet] ?? -Infinity) + (open[bet] ?? 0) / dispersion);
  for (const each of logs) largest = max(largest, each);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const each of logs) sum += exp(each - largest);
  return largest + log(sum);
}
