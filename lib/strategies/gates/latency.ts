import { formatCount, formatLatency, formatNumber, formatShare } from "../../core/format";
import type { LatencyComparisonGate, LatencyObjectiveGate } from "../gate";
import type { LatencyHistogram } from "../observation";
import { overLimit } from "../statistics/bernoulli";
import { excessOverLimit, excessOverShare } from "../statistics/noise";
import { boundAtLeast, boundNear, quantileOf, requestsIn, slowerThan, slowerThanBound } from "../statistics/quantile";
import { counted, meanHarm, type Sums } from "../statistics/sums";
import { logEvidenceOfMoreHarm } from "../statistics/two-sample";
import type { Totals } from "../tally";
import type { Estimate, GateRule } from "./rule";

/** Requests of the baseline from which its quantile is known well enough to choose a bucket bound by it. */
const enoughForBound = 100;

/** The harm is to be slower than a bucket's bound, so that a quantile is judged as a share, from the counts alone. */
const common = (minimumSamples: number) => ({
  unit: "requests",
  minimumSamples,
  samples: ({ latency }: Totals) => requestsIn(latency),
  worsened: (lately: Sums, before: Sums) => excessOverShare(lately, before, 1),
});

/** More than 5% of requests over 100 ms is a p95 over 100 ms. */
export function latencyObjective(gate: LatencyObjectiveGate, minimumSamples: number): GateRule {
  const allowed = 1 - gate.quantile;
  const against = (): string => `the objective of ${formatLatency(gate.limitSeconds)}`;
  const logEvidence = overLimit(allowed);
  return {
    ...common(minimumSamples),
    compares: false,
    needsSameTime: false,
    reference: () => 0,
    harm({ latency }) {
      const index = boundAtLeast(latency, gate.limitSeconds);
      return index < 0 ? counted(requestsIn(latency), 0) : slowerThanBound(latency, index);
    },
    logEvidence: ({ track }) => logEvidence(track),
    excess: ({ track }) => excessOverLimit(track, allowed),
    estimate(track) {
      const slow = slowerThan(track.latency, gate.limitSeconds);
      return {
        ...quantileEstimate(track.latency, gate.quantile),
        baselineSamples: 0,
        baseline: gate.limitSeconds,
        excess: excessOverLimit(slow, allowed),
      };
    },
    describe: (estimate) => `${quantileText(gate.quantile, estimate)} against ${against()}`,
    describeHarm: ({ track }) =>
      `${slowText(track)} took longer than ${formatLatency(gate.limitSeconds)}, where ${nameOf(gate.quantile)} allows ${formatShare(allowed)}`,
  };
}

/** The share of requests slower than a bound near the baseline's quantile, chosen before they came, on both tracks. */
export function latencyComparison(gate: LatencyComparisonGate, minimumSamples: number): GateRule {
  const stretch = 1 + gate.margin;
  const boundOf = ({ bounds }: LatencyHistogram, index: number): number => bounds[index] ?? 0;
  return {
    ...common(minimumSamples),
    compares: true,
    needsSameTime: true,
    reference: ({ latency }) => (requestsIn(latency) < enoughForBound ? undefined : boundFor(latency, gate)),
    harm: ({ latency }, bound) => slowerThanBound(latency, bound),
    logEvidence: ({ track, baseline }) => logEvidenceOfMoreHarm(track, baseline),
    // Requests that the margin lets cross the bound are those of the baseline that come near to it.
    excess: ({ track, reference }, { latency }) =>
      excessOverShare(track, slowerThan(latency, boundOf(latency, reference) / stretch), 1),
    estimate(track, baseline) {
      const reached = quantileEstimate(baseline.latency, gate.quantile);
      const slow = slowerThan(track.latency, Math.max((reached.track ?? 0) * stretch, gate.floorSeconds));
      const baselineSlow = counted(reached.samples, reached.samples * (1 - gate.quantile));
      return {
        ...quantileEstimate(track.latency, gate.quantile),
        baselineSamples: reached.samples,
        ...(reached.track !== undefined && { baseline: reached.track }),
        excess: excessOverShare(slow, baselineSlow, 1),
      };
    },
    describe: (estimate, name) =>
      `${quantileText(gate.quantile, estimate)} against ${formatLatency(estimate.baseline ?? 0)} on ${name}`,
    describeHarm: ({ track, baseline, reference }, { latency }, name) =>
      `${slowText(track)} took longer than ${formatLatency(boundOf(latency, reference))}, against ${formatShare(meanHarm(baseline))} on ${name}`,
  };
}

/** The bound near the baseline's quantile, or the one at the floor if that is further up. */
function boundFor(latency: LatencyHistogram, { quantile, floorSeconds }: LatencyComparisonGate): number | undefined {
  const [near, floor] = [boundNear(latency, quantile), boundAtLeast(latency, floorSeconds)];
  return near === undefined || floor < 0 ? undefined : Math.max(near, floor);
}

function quantileEstimate(latency: LatencyHistogram, quantile: number): Pick<Estimate, "samples" | "track"> {
  const track = quantileOf(latency, quantile);
  return { samples: requestsIn(latency), ...(track !== undefined && { track }) };
}

const nameOf = (quantile: number): string => `p${formatNumber(quantile * 100)}`;

const quantileText = (quantile: number, { track, samples }: Estimate): string =>
  `${nameOf(quantile)} ${formatLatency(track ?? 0)} of ${formatCount(samples)} requests`;

const slowText = (slow: Sums): string => `${formatShare(meanHarm(slow))} of ${formatCount(slow.samples)} requests`;
