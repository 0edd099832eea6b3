import type { Diagnostics } from "../../core/findings/diagnostics";
import { steppedWeights } from "../../strategies/canary/stages";
import type { CanaryTraffic } from "./schema";

const DEFAULTS = { initialWeight: 5, increment: 10, maxWeight: 100 } as const;

/** A first weight above this is no trial: too many users would meet an unproven version. */
export const LARGEST_FIRST_WEIGHT = 25;

/** A larger step than this, in percents of the traffic, is a leap: what the stages before it showed says little about it. */
export const LARGEST_STEP = 75;

/** The canary's weights, stage by stage; the last is always 100, the promotion. */
export function canaryWeights(traffic: CanaryTraffic, diagnostics: Diagnostics): number[] {
  const { weights, initialWeight, increment, maxWeight } = traffic;
  if (weights !== undefined && [initialWeight, increment, maxWeight].some((value) => value !== undefined)) {
    diagnostics.error("SLW005", "traffic.weights", {
      message: "the weights are given one by one and by initialWeight, increment or maxWeight as well.",
      fix: "Keep one of the two.",
    });
  }
  const trial = weights ?? steps(traffic);
  checkFirst(trial[0], weights === undefined ? "traffic.initialWeight" : "traffic.weights[0]", diagnostics);
  const weightsToPromotion = trial.at(-1) === 100 ? trial : [...trial, 100];
  if (checkRising(trial, weights === undefined, diagnostics)) {
    checkSteps(weightsToPromotion, weights === undefined ? "traffic.increment" : "traffic.weights", diagnostics);
  }
  return weightsToPromotion;
}

function steps(traffic: CanaryTraffic): number[] {
  const { initialWeight = DEFAULTS.initialWeight, increment = DEFAULTS.increment } = traffic;
  const { maxWeight = DEFAULTS.maxWeight } = traffic;
  // A first weight beyond the last is told as weights that do not rise.
  if (traffic.initialWeight !== undefined && initialWeight > maxWeight) return [initialWeight, maxWeight];
  return steppedWeights({ initialWeight, increment, maxWeight });
}

/** Whether they rise; a weight that falls makes the steps between them mean nothing. */
function checkRising(weights: readonly number[], stepped: boolean, diagnostics: Diagnostics): boolean {
  const falls = weights.findIndex((weight, index) => index > 0 && weight <= (weights[index - 1] as number));
  if (falls < 0) return true;
  diagnostics.error("SLW102", stepped ? "traffic.maxWeight" : "traffic.weights", {
    message: `the weights ${weights.join(", ")} do not rise at ${weights[falls]}.`,
    allowed: "whole percents, each larger than the one before",
    fix: stepped ? "Make maxWeight larger than initialWeight." : "Order the weights, such as [5, 10, 25, 50, 100].",
  });
  return false;
}

function checkFirst(first: number | undefined, path: string, diagnostics: Diagnostics): void {
  if (first !== undefined && first <= LARGEST_FIRST_WEIGHT) return;
  const wrong =
    first === undefined ? "there is no weight" : `${first}% of the users at once would meet an unproven version`;
  diagnostics.error("SLW103", path, {
    message: `${wrong}.`,
    allowed: `1 to ${LARGEST_FIRST_WEIGHT} for the first weight`,
    fix: "Begin with a small weight, such as 5.",
  });
}

function checkSteps(weights: readonly number[], path: string, diagnostics: Diagnostics): void {
  const leap = weights.findIndex(
    (weight, index) => index > 0 && weight - (weights[index - 1] as number) > LARGEST_STEP,
  );
  if (leap < 0) return;
  diagnostics.error("SLW112", path, {
    message: `the weight goes from ${weights[leap - 1]} to ${weights[leap]}% at once.`,
    allowed: `steps of at most ${LARGEST_STEP}; 100 is the last weight always`,
    fix: "Put a weight in between, such as [5, 10, 25, 50, 100].",
  });
}
