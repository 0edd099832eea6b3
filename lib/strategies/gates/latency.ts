import { formatCount, formatLatency, formatNumber, formatShare } from "../../core/format";
import type { LatencyComparisonGate, LatencyObjectiveGate } from "../gate";
import type { LatencyHistogram } from "../observation";
import { evidenceOverLimit } from "../statistics/bernoulli";
import { excessOverLimit, excessOverShare } from "../statistics/excess";
import { binaryLoss, meanLoss, type LossMoments } from "../statistics/loss-moments";
import { quantileOf, requestsIn, slowerThan, slowerThanLimit } from "../statistics/quantile";
import type { Totals } from "../tally";
import { clearanceUnder } from "./clearance";
import type { Estimate, GateRule } from "./rule";

/** A request slower than a bucket's bound is a loss, so a quantile is judged as a rate, from the counts alone. */
const common = (minimumSamples: number) => ({
  unit: "requests",
  minimumSamples,
  samples: ({ latency }: Totals) => requestsIn(latency),
});

/** More than 5% of requests over 100 ms is a p95 over 100 ms. */
export function latencyObjective(gate: LatencyObjectiveGate, minimumSamples: number): GateRule {
  const allowed = 1 - gate.quantile;
  return {
    ...common(minimumSamples),
    needsConcurrentBaseline: false,
    objective: {
      loss: ({ latency }) => slowerThanLimit(latency, gate.limitSeconds),
      logEvidence: evidenceOverLimit(allowed),
    },
    estimate(candidate) {
      const slow = slowerThan(candidate.latency, gate.limitSeconds);
      return {
        ...quantileEstimate(candidate.latency, gate.quantile),
        baselineSamples: 0,
        baseline: gate.limitSeconds,
        excess: excessOverLimit(slow, allowed),
        clearance: clearanceUnder(slow, allowed),
        hasLosses: slow.loss > 0,
      };
    },
    describe: (estimate) =>
      `${formatQuantile(gate.quantile, estimate)} against the objective of ${formatLatency(gate.limitSeconds)}`,
    describeRegression: ({ candidate }) =>
      `${formatSlow(candidate)} took longer than ${formatLatency(gate.limitSeconds)}, ${nameOf(gate.quantile)} allows ${formatShare(allowed)}`,
  };
}

/** The share of requests slower than a bound near the baseline's quantile, chosen in advance, on both tracks. */
export function latencyComparison(gate: LatencyComparisonGate, minimumSamples: number): GateRule {
  const stretch = 1 + gate.margin;
  const boundOf = ({ bounds }: LatencyHistogram, index: number): number => bounds[index] ?? 0;
  return {
    ...common(minimumSamples),
    needsConcurrentBaseline: true,
    estimate(candidate, baseline) {
      const { samples, candidate: quantile } = quantileEstimate(baseline.latency, gate.quantile);
      const slow = slowerThan(candidate.latency, Math.max((quantile ?? 0) * stretch, gate.floorSeconds));
      const baselineSlow = binaryLoss(samples, samples * (1 - gate.quantile));
      return {
        ...quantileEstimate(candidate.latency, gate.quantile),
        baselineSamples: samples,
        ...(quantile !== undefined && { baseline: quantile }),
        excess: excessOverShare(slow, baselineSlow, 1),
      };
    },
    describe: (estimate, name) =>
      `${formatQuantile(gate.quantile, estimate)} against ${formatLatency(estimate.baseline ?? 0)} on ${name}`,
    describeRegression: ({ candidate, baseline, reference }, { latency }, name) =>
      `${formatSlow(candidate)} took longer than ${formatLatency(boundOf(latency, reference))}, against ${formatShare(meanLoss(baseline))} on ${name}`,
  };
}

function quantileEstimate(latency: LatencyHistogram, quantile: number): Pick<Estimate, "samples" | "candidate"> {
  const candidate = quantileOf(latency, quantile);
  return { samples: requestsIn(latency), ...(candidate !== undefined && { candidate }) };
}

const nameOf = (quantile: number): string => `p${formatNumber(quantile * 100)}`;

const formatQuantile = (quantile: number, { candidate, samples }: Estimate): string =>
  `${nameOf(quantile)} ${formatLatency(candidate ?? 0)} of ${formatCount(samples)} requests`;

const formatSlow = (slow: LossMoments): string =>
  `${formatShare(meanLoss(slow))} of ${formatCount(slow.samples)} requests`;
