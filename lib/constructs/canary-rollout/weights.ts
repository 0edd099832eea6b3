import type { Diagnostics } from "../../core/findings/diagnostics";
import { steppedWeights } from "../../strategies/canary/stages";
import type { CanaryTraffic } from "./schema";

const DEFAULTS = { initialWeight: 5, increment: 10, maxWeight: 100 } as const;

/** A first weight above this would expose too many users to an unproven version. */
const LARGEST_FIRST_WEIGHT = 25;

/** A larger step than this, in percents of the traffic, is too large: the stages before it show little about the load after it. */
const LARGEST_STEP = 75;

/** The canary's weights, stage by stage; the last is always 100, the promotion. */
export function canaryWeights(traffic: CanaryTraffic): number[] {
  const weights = traffic.weights ?? steps(traffic);
  return weights.at(-1) === 100 ? weights : [...weights, 100];
}

/** Reports weights that are given twice, start too high, do not rise, or rise too fast. */
export function checkWeights(traffic: CanaryTraffic, diagnostics: Diagnostics): void {
  const { weights, initialWeight, increment, maxWeight } = traffic;
  if (weights !== undefined && [initialWeight, increment, maxWeight].some((value) => value !== undefined)) {
    diagnostics.error("SLW005", "traffic.weights", {
      message: "the weights are given one by one and by initialWeight, increment or maxWeight as well.",
      fix: "Keep one of the two.",
    });
  }
  const stepped = weights === undefined;
  const declared = weights ?? steps(traffic);
  checkFirst(declared[0], stepped ? "traffic.initialWeight" : "traffic.weights[0]", diagnostics);
  if (checkRising(declared, stepped, diagnostics)) {
    checkSteps(canaryWeights(traffic), stepped ? "traffic.increment" : "traffic.weights", diagnostics);
  }
}

function steps(traffic: CanaryTraffic): number[] {
  const { initialWeight = DEFAULTS.initialWeight, increment = DEFAULTS.increment } = traffic;
  const { maxWeight = DEFAULTS.maxWeight } = traffic;
  // A first weight above the last is reported as weights that do not rise.
  if (traffic.initialWeight !== undefined && initialWeight > maxWeight) return [initialWeight, maxWeight];
  return steppedWeights({ initialWeight, increment, maxWeight });
}

/** Whether the weights rise; where one falls, the steps between them mean nothing. */
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
    first === undefined
      ? "there is no weight"
      : `${first}% of the users would be served by an unproven version at once`;
  diagnostics.error("SLW103", path, {
    message: `${wrong}.`,
    allowed: `1 to ${LARGEST_FIRST_WEIGHT} for the first weight`,
    fix: "Start with a small weight, such as 5.",
  });
}

function checkSteps(weights: readonly number[], path: string, diagnostics: Diagnostics): void {
  const leap = weights.findIndex(
    (weight, index) => index > 0 && weight - (weights[index - 1] as number) > LARGEST_STEP,
  );
  if (leap < 0) return;
  diagnostics.error("SLW112", path, {
    message: `the weight rises from ${weights[leap - 1]}% to ${weights[leap]}% at once.`,
    allowed: `steps of at most ${LARGEST_STEP}; the last weight is always 100`,
    fix: "Add a weight in between, such as [5, 10, 25, 50, 100].",
  });
}
