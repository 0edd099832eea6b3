import type { Diagnostics } from "../../core/findings/diagnostics";
import { steppedWeights } from "../../strategies/canary/stages";
import type { CanaryTraffic } from "./schema";

const DEFAULTS = { initialWeight: 5, increment: 10, maxWeight: 100 } as const;

/** A first weight above this would send too many requests to an unproven version. */
const LARGEST_FIRST_WEIGHT = 25;

/** Largest step, in percent of the traffic: a stage shows little about a load that is many times larger. */
const LARGEST_STEP = 75;

/** The canary's weights, stage by stage; in the last one the stable version has the holdback, and the canary the rest. */
export function canaryWeights(traffic: CanaryTraffic): number[] {
  const weights = traffic.weights ?? steps(traffic);
  const last = 100 - traffic.holdback;
  return [...weights.filter((weight) => weight < last), last];
}

/** How many stages can be declared: one for each weight, and the promotion where it changes the weight. */
export function stageCount(traffic: CanaryTraffic): number {
  return canaryWeights(traffic).length + (traffic.holdback > 0 ? 1 : 0);
}

/** Reports weights that are declared in two ways, start too high, do not rise, or rise too fast. */
export function checkWeights(traffic: CanaryTraffic, diagnostics: Diagnostics): void {
  const { weights, initialWeight, increment, maxWeight, holdback } = traffic;
  if (weights !== undefined && [initialWeight, increment, maxWeight].some((value) => value !== undefined)) {
    diagnostics.error("SLW005", "traffic.weights", {
      message: "the weights are listed one by one, and initialWeight, increment or maxWeight is set as well.",
      fix: "Keep one of the two.",
    });
  }
  const isStepped = weights === undefined;
  const declared = weights ?? steps(traffic);
  checkFirst(declared[0], isStepped ? "traffic.initialWeight" : "traffic.weights[0]", diagnostics);
  if (holdback === 0) warnWithoutHoldback(diagnostics);
  if (checkRising(declared, isStepped, diagnostics)) {
    checkSteps([...canaryWeights(traffic), 100], isStepped ? "traffic.increment" : "traffic.weights", diagnostics);
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

function warnWithoutHoldback(diagnostics: Diagnostics): void {
  diagnostics.warning("SLW113", "traffic.holdback", {
    message:
      "with 0% on the stable version, an outage in the last stage looks like a regression of the canary, and a slow regression is compared with nothing.",
    allowed: "0 to 50",
    fix: "Leave it out, which keeps 5% on the stable version until the promotion.",
  });
}

function checkSteps(weights: readonly number[], path: string, diagnostics: Diagnostics): void {
  const leap = weights.findIndex(
    (weight, index) => index > 0 && weight - (weights[index - 1] as number) > LARGEST_STEP,
  );
  if (leap < 0) return;
  diagnostics.error("SLW112", path, {
    message: `the weight rises from ${weights[leap - 1]}% to ${weights[leap]}% at once.`,
    allowed: `steps of at most ${LARGEST_STEP}; the last weight is always 100 less the holdback`,
    fix: "Add a weight in between, such as [5, 10, 25, 50, 100].",
  });
}
