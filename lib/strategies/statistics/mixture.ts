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
    logFactor: Math.log(factor),
    share,
    logShare: Math.log(share),
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

/** The logarithm of a sum, from the logarithms of its terms, without overflow. */
export function logSum(logs: readonly number[]): number {
  let largest = -Infinity;
  for (const log of logs) if (log > largest) largest = log;
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - largest);
  return largest + Math.log(sum);
}
