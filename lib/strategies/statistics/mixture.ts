const { exp, log, max } = Math;

/** An alternative that a test bets on: harm or good this many times as often, with its share of the stake. */
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
 * How many times as often harm may come. Together the alternatives find a small harm late and a large one early; the
 * price of having several is the logarithm of a share.
 */
export const timesWorse = alternatives([
  [1.5, 0.1],
  [3, 0.2],
  [6, 0.3],
  [12, 0.3],
  [40, 0.1],
]);

/** The logarithm of the mixture of some bets, from the logarithm of what each is worth. */
export function logMixture<T extends { readonly share: number; readonly logShare: number }>(
  bets: readonly T[],
  logWorth: (bet: T) => number,
): number {
  let worth = 0;
  for (const bet of bets) worth += bet.share * exp(logWorth(bet));
  // Only far out do exponentials overflow or vanish.
  return worth > 0 && worth < Infinity ? log(worth) : logSum(bets.map((bet) => bet.logShare + logWorth(bet)));
}

/** The logarithm of a sum, from the logarithms of its terms, without overflow. */
export function logSum(logs: readonly number[]): number {
  const largest = max(...logs);
  if (!Number.isFinite(largest)) return largest;
  return largest + log(logs.reduce((sum, each) => sum + exp(each - largest), 0));
}
