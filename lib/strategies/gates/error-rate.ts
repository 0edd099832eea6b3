import { formatCount, formatShare } from "../../core/format";
import type { ErrorRateComparisonGate, ErrorRateObjectiveGate } from "../gate";
import { overLimit } from "../statistics/bernoulli";
import { excessOverLimit, excessOverShare } from "../statistics/noise";
import { counted, meanHarm, type Sums } from "../statistics/sums";
import { logEvidenceOfMoreHarm } from "../statistics/two-sample";
import type { Totals } from "../tally";
import type { Estimate, GateRule } from "./rule";

const errors = ({ requests, errors }: Totals): Sums => counted(requests, errors);

export function errorRateObjective(gate: ErrorRateObjectiveGate, minimumSamples: number): GateRule {
  const against = (): string => `the objective of ${formatShare(gate.limit)}`;
  const logEvidence = overLimit(gate.limit);
  return {
    ...common(minimumSamples),
    compares: false,
    needsSameTime: false,
    logEvidence: ({ track }) => logEvidence(track),
    excess: ({ track }) => excessOverLimit(track, gate.limit),
    estimate(track) {
      const sums = errors(track);
      return {
        ...estimateOf(sums),
        baselineSamples: 0,
        baseline: gate.limit,
        excess: excessOverLimit(sums, gate.limit),
      };
    },
    describe: (estimate) => `error rate ${shareOf(estimate)} against ${against()}`,
    describeHarm: ({ track }) => `error rate ${shareOf(estimateOf(track))} against ${against()}`,
  };
}

export function errorRateComparison(gate: ErrorRateComparisonGate, minimumSamples: number): GateRule {
  const ratio = 1 + gate.margin;
  return {
    ...common(minimumSamples),
    compares: true,
    needsSameTime: false,
    logEvidence: ({ track, baseline }) => logEvidenceOfMoreHarm(track, baseline),
    excess: ({ track, baseline }) => excessOverShare(track, baseline, ratio),
    estimate(track, baseline) {
      const [sums, baselineSums] = [errors(track), errors(baseline)];
      return {
        ...estimateOf(sums),
        baselineSamples: baselineSums.samples,
        ...(baselineSums.samples > 0 && { baseline: meanHarm(baselineSums) }),
        excess: excessOverShare(sums, baselineSums, ratio),
      };
    },
    describe: (estimate, name) =>
      `error rate ${shareOf(estimate)} against ${formatShare(estimate.baseline ?? 0)} on ${name}`,
    describeHarm: ({ track, baseline }, _totals, name) =>
      `error rate ${shareOf(estimateOf(track))} against ${formatShare(meanHarm(baseline))} on ${name}`,
  };
}

const common = (minimumSamples: number) => ({
  unit: "requests",
  minimumSamples,
  reference: () => 0,
  samples: ({ requests }: Totals) => requests,
  harm: errors,
  worsened: (lately: Sums, before: Sums) => excessOverShare(lately, before, 1),
});

const estimateOf = (sums: Sums): Pick<Estimate, "samples" | "track"> => ({
  samples: sums.samples,
  ...(sums.samples > 0 && { track: meanHarm(sums) }),
});

const shareOf = ({ track, samples }: Pick<Estimate, "samples" | "track">): string =>
  `${formatShare(track ?? 0)} of ${formatCount(samples)} requests`;
