/** The logarithm of a weighted sum of exponentials, without overflow. */
export function logSum(terms: readonly { readonly weight: number; readonly log: number }[]): number {
  let largest = -Infinity;
  for (const { weight, log } of terms) if (weight > 0 && log > largest) largest = log;
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const { weight, log } of terms) if (weight > 0) sum += weight * Math.exp(log - largest);
  return largest + Math.log(sum);
}

/**
 * How many times worse harm may be: the alternatives a test bets on, with the share of the stake on each. Together they
 * find a small harm late and a large one early; a bet costs the logarithm of its share.
 */
export const timesWorse: readonly { readonly factor: number; readonly share: number }[] = [
  { factor: 1.5, share: 0.1 },
  { factor: 3, share: 0.2 },
  { factor: 6, share: 0.3 },
  { factor: 12, share: 0.3 },
  { factor: 40, share: 0.1 },
];
