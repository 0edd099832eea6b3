import type { Random } from "../random";

/** By metric, then by version: the share of its predictions that earn a 1. */
export type RewardRates = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A value that a prediction earned. */
export interface Reward {
  readonly metric: string;
  readonly value: number;
}

/** What a prediction of a version earns, drawn by the rates that are declared for it. */
export function drawRewards(rates: RewardRates, version: string, random: Random): Reward[] {
  return Object.entries(rates).flatMap(([metric, { [version]: rate }]) =>
    rate === undefined ? [] : [{ metric, value: random() < rate ? 1 : 0 }],
  );
}
