import { formatCount, formatShare } from "../../core/format";
import type { ErrorRateComparisonGate, ErrorRateObjectiveGate } from "../gate";
import { evidenceOverLimit } from "../statistics/bernoulli";
import { excessOverLimit, excessOverShare } from "../statistics/excess";
import { binaryLoss, meanLoss, type LossMoments } from "../statistics/loss-moments";
import type { Totals } from "../tally";
import { clearanceUnder } from "./clearance";
import type { Estimate, GateRule } from "./rule";

const errorsIn = ({ requests, errors }: Totals): LossMoments => binaryLoss(requests, errors);

export function errorRateObjective(gate: ErrorRateObjectiveGate, minimumSamples: number): GateRule {
  const objective = `the objective of ${formatShare(gate.limit)}`;
  return {
    ...common(minimumSamples),
    objective: { loss: errorsIn, logEvidence: evidenceOverLimit(gate.limit) },
    estimate(candidate) {
      const errors = errorsIn(candidate);
      return {
        ...estimateOf(errors),
        baselineSamples: 0,
        baseline: gate.limit,
        excess: excessOverLimit(errors, gate.limit),
        clearance: clearanceUnder(errors, gate.limit),
        hasLosses: errors.loss > 0,
      };
    },
    describe: (estimate) => `error rate ${formatEstimate(estimate)} against ${objective}`,
    describeRegression: ({ candidate }) => `error rate ${formatEstimate(estimateOf(candidate))} against ${objective}`,
  };
}

export function errorRateComparison(gate: ErrorRateComparisonGate, minimumSamples: number): GateRule {
  const ratio = 1 + gate.margin;
  return {
    ...common(minimumSamples),
    estimate(candidate, baseline) {
      const [errors, baselineErrors] = [errorsIn(candidate), errorsIn(baseline)];
      return {
        ...estimateOf(errors),
        baselineSamples: baselineErrors.samples,
        ...(baselineErrors.samples > 0 && { baseline: meanLoss(baselineErrors) }),
        excess: excessOverShare(errors, baselineErrors, ratio),
      };
    },
    describe: (estimate, name) =>
      `error rate ${formatEstimate(estimate)} against ${formatShare(estimate.baseline ?? 0)} on ${name}`,
    describeRegression: ({ candidate, baseline }, _totals, name) =>
      `error rate ${formatEstimate(estimateOf(candidate))} against ${formatShare(meanLoss(baseline))} on ${name}`,
  };
}

const common = (minimumSamples: number) => ({
  unit: "requests",
  needsConcurrentBaseline: false,
  minimumSamples,
  samples: ({ requests }: Totals) => requests,
});

type ErrorRate = Pick<Estimate, "samples" | "candidate">;

const estimateOf = (errors: LossMoments): ErrorRate => ({
  samples: errors.samples,
  ...(errors.samples > 0 && { candidate: meanLoss(errors) }),
});

const formatEstimate = ({ candidate, samples }: ErrorRate): string =>
  `${formatShare(candidate ?? 0)} of ${formatCount(samples)} requests`;
