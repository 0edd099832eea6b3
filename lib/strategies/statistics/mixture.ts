const { exp, log } = Math;

/** An alternative hypothesis that a test bets on: events this many times as frequent, with its share of the wealth. */
export interface Alternative {
  readonly factor: number;
  readonly logFactor: number;
  readonly share: number;
  readonly logShare: number;
}

export function alternatives(
  shareOfFactor: readonly (readonly [factor: number, share: number])[],
): readonly Alternative[] {
  return shareOfFactor.map(([factor, share]) => ({
    factor,
    logFactor: log(factor),
    share,
    logShare: log(share),
  }));
}

/**
 * How many times as frequent losses may be. Together the alternatives find a small regression late and a large one early;
 * the cost of having several is the logarithm of a share.
 */
export const HIGHER_RATES = alternatives([
  [1.5, 0.1],
  [3, 0.2],
  [6, 0.3],
  [12, 0.3],
  [40, 0.1],
]);

/** The logarithm of the mixture of some bets, from the logarithm of each one's value. */
export function logMixture<T extends { readonly share: number; readonly logShare: number }>(
  bets: readonly T[],
  logValue: (bet: T) => number,
): number {
  let value = 0;
  for (const bet of bets) value += bet.share * exp(logValue(bet));
  // Exponentials overflow or underflow only for extreme evidence; the common case is faster without logSum.
  return value > 0 && value < Infinity ? log(value) : logSum(bets.map((bet) => bet.logShare + logValue(bet)));
}

/** The logarithm of a sum, from the logarithms of its terms, without overflow. */
export function logSum(logs: readonly number[]): number {
  let largest = -Infinity;
  for (const each of logs) if (each > largest) largest = each;
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const each of logs) sum += exp(each - largest);
  return largest + log(sum);
}
