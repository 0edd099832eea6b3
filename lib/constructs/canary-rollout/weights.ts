import type { Diagnostics } from "../../core/findings/diagnostics";
import { steppedWeights } from "../../strategies/canary/stages";
import type { CanaryTraffic } from "./schema";

const DEFAULTS = { initialWeight: 5, increment: 10, maxWeight: 100 } as const;

/** A first weight above this would send too many requests to an unproven version. */
const LARGEST_FIRST_WEIGHT = 25;

/** Largest step, in percent of the traffic: a stage shows little about a load that is many times larger. */
const LARGEST_STEP = 75;

/** The canary's weights, stage by stage; the last is always 100, the promotion. */
export function canaryWeights(traffic: CanaryTraffic): number[] {
  const weights = traffic.weights ?? steps(traffic);
  return weights.at(-1) === 100 ? weights : [...weights, 100];
}

/** Reports weights that are declared in two ways, start too high, do not rise, or rise too fast. */
export function checkWeights(traffic: CanaryTraffic, diagnostics: Diagnostics): void {
  const { weights, initialWeight, increment, maxWeight } = traffic;
  if (weights !== undefined && [initialWeight, increment, maxWeight].some((value) => value !== undefined)) {
    diagnostics.error("SLW005", "traffic.weights", {
      message: "the weights are listed one by one, and initialWeight, increment or maxWeight is set as well.",
      fix: "Keep one of the two.",
    });
  }
  const isStepped = weights === undefined;
  const declared = weights ?? steps(traffic);
  checkFirst(declared[0], isStepped ? "traffic.initialWeight" : "traffic.weights[0]", diagnostics);
  if (checkRising(declared, isStepped, diagnostics)) {
    checkSteps(canaryWeights(traffic), isStepped ? "traffic.increment" : "traffic.weights", diagnostics);
  }
}

function steps(traffic: CanaryTraffic): number[] {
  const { initialWeight = DEFAULTS.initialWeight, increment = DEFAULTS.increment } = traffic;
  const { maxWeight = DEFAULTS.maxWeight } = traffic;
  // A first weight above the last is reported as weights that do not rise.
  if (traffic.initialWeight !== undefined && initialWeight > maxWeight) return [initialWeight, maxWeight];
  return steppedWeights({ initialWeight, increment, maxWeight });
}

/** Whether the weights rise; if one falls, the steps between them mean nothing. */
function checkRising(weights: readonly number[], isStepped: boolean, diagnostics: Diagnostics): boolean {
  const falls = weights.findIndex((weight, index) => index > 0 && weight <= (weights[index - 1] as number));
  if (falls < 0) return true;
  diagnostics.error("SLW102", isStepped ? "traffic.maxWeight" : "traffic.weights", {
    message: `the weights ${weights.join(", ")} do not rise at ${weights[falls]}.`,
    allowed: "whole percentages, each larger than the one before",
    fix: isStepped ? "Make maxWeight larger than initialWeight." : "Order the weights, such as [5, 10, 25, 50, 100].",
  });
  return false;
}

function checkFirst(first: number | undefined, path: string, diagnostics: Diagnostics): void {
  if (first !== undefined && first <= LARGEST_FIRST_WEIGHT) return;
  const wrong =
    first === undefined ? "there is no weight" : `${first}% of the requests at once would go to an unproven version`;
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
