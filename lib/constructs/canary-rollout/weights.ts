import type { Report } from "../../core/findings/report";
import type { CanaryTraffic } from "./checks";

const DEFAULTS = { initialWeight: 5, increment: 10, maxWeight: 100 } as const;

/** A first weight above this is no trial: too many users would meet an unproven version. */
export const LARGEST_FIRST_WEIGHT = 25;

/** The canary's weights, stage by stage; the last is always 100, the promotion. */
export function canaryWeights(traffic: CanaryTraffic, report: Report): number[] {
  const { weights, initialWeight, increment, maxWeight } = traffic;
  if (weights !== undefined && [initialWeight, increment, maxWeight].some((value) => value !== undefined)) {
    report.error("SLW005", "traffic.weights", {
      message: "the weights are given one by one and by initialWeight, increment or maxWeight as well.",
      fix: "Keep one of the two.",
    });
  }
  const trial = weights ?? steps(traffic);
  checkRising(trial, weights === undefined, report);
  checkFirst(trial[0], weights === undefined ? "traffic.initialWeight" : "traffic.weights[0]", report);
  return trial.at(-1) === 100 ? trial : [...trial, 100];
}

function steps({ initialWeight, increment, maxWeight }: CanaryTraffic): number[] {
  const last = maxWeight ?? DEFAULTS.maxWeight;
  const result = [];
  for (let weight = initialWeight ?? DEFAULTS.initialWeight; weight < last; weight += increment ?? DEFAULTS.increment) {
    result.push(weight);
  }
  return initialWeight !== undefined && initialWeight > last ? [initialWeight, last] : [...result, last];
}

function checkRising(weights: readonly number[], stepped: boolean, report: Report): void {
  const falls = weights.findIndex((weight, index) => index > 0 && weight <= (weights[index - 1] as number));
  if (falls < 0) return;
  report.error("SLW102", stepped ? "traffic.maxWeight" : "traffic.weights", {
    message: `the weights ${weights.join(", ")} do not rise at ${weights[falls]}.`,
    allowed: "whole percents, each larger than the one before",
    fix: stepped ? "Make maxWeight larger than initialWeight." : "Order the weights, such as [5, 10, 25, 50, 100].",
  });
}

function checkFirst(first: number | undefined, path: string, report: Report): void {
  if (first !== undefined && first <= LARGEST_FIRST_WEIGHT) return;
  const wrong =
    first === undefined ? "there is no weight" : `${first} % of the users at once would meet an unproven version`;
  report.error("SLW103", path, {
    message: `${wrong}.`,
    allowed: `1 to ${LARGEST_FIRST_WEIGHT} for the first weight`,
    fix: "Begin with a small weight, such as 5.",
  });
}
