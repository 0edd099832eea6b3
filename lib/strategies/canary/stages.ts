import type { CanaryStage } from "./policy";

/** Weights said one by one. */
export interface ExplicitWeights {
  readonly weights: readonly number[];
  readonly intervalSeconds: number;
}

/** Weights that rise by equal steps. */
export interface SteppedWeights {
  readonly initialWeight: number;
  readonly increment: number;
  readonly maxWeight: number;
  readonly intervalSeconds: number;
}

/**
 * The stages of a canary from numbers that were validated before: whole weights that rise. Steps end at `maxWeight`
 * exactly, with a shorter last step where the increment does not fit.
 */
export function planCanaryStages(traffic: ExplicitWeights | SteppedWeights): readonly CanaryStage[] {
  const weights = "weights" in traffic ? traffic.weights : steps(traffic);
  return weights.map((weight) => ({ weight, holdSeconds: traffic.intervalSeconds }));
}

function steps({ initialWeight, increment, maxWeight }: SteppedWeights): number[] {
  const below: number[] = [];
  for (let weight = initialWeight; weight < maxWeight; weight += increment) below.push(weight);
  return [...below, maxWeight];
}
