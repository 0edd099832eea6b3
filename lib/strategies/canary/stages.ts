import type { CanaryStage } from "./policy";

/** Weights that increase by equal steps, in whole percent. */
interface SteppedWeights {
  readonly initialWeight: number;
  readonly increment: number;
  readonly maxWeight: number;
}

/** The list of weights. It ends at exactly `maxWeight`, with a smaller last step where the increment does not fit. */
export function steppedWeights({ initialWeight, increment, maxWeight }: SteppedWeights): number[] {
  const below: number[] = [];
  for (let weight = initialWeight; weight < maxWeight; weight += increment) below.push(weight);
  return [...below, maxWeight];
}

/** The stages of a canary from validated weights, all with the same hold time. */
export function planCanaryStages(weights: readonly number[], holdSeconds: number): readonly CanaryStage[] {
  return weights.map((weight) => ({ weight, holdSeconds }));
}
