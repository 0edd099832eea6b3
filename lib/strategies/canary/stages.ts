import type { CanaryStage } from "./policy";

/** Weights that rise by equal steps, in whole percents. */
export interface SteppedWeights {
  readonly initialWeight: number;
  readonly increment: number;
  readonly maxWeight: number;
}

/** The weights one by one. They end at `maxWeight` exactly, with a shorter last step where the increment does not fit. */
export function steppedWeights({ initialWeight, increment, maxWeight }: SteppedWeights): number[] {
  const below: number[] = [];
  for (let weight = initialWeight; weight < maxWeight; weight += increment) below.push(weight);
  return [...below, maxWeight];
}

/** The stages of a canary from weights that were validated before, each held as long. */
export function planCanaryStages(weights: readonly number[], holdSeconds: number): readonly CanaryStage[] {
  return weights.map((weight) => ({ weight, holdSeconds }));
}
