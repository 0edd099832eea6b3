import { formatCount, formatShare } from "../../core/format";
import { Direction, type AgreementObjectiveGate } from "../gate";
import { overLimit } from "../statistics/bernoulli";
import { excessOverLimit } from "../statistics/noise";
import { meanHarm, type Sums } from "../statistics/sums";
import type { Totals } from "../tally";
import { harmOf } from "./metric";
import type { GateRule } from "./rule";

/** The harm in a pair of predictions is that they differ. */
export function agreementObjective(gate: AgreementObjectiveGate): GateRule {
  const limit = 1 - gate.atLeast;
  const logEvidence = overLimit(limit);
  const differing = (totals: Totals): Sums => harmOf(totals.metrics[gate.metric], Direction.HigherIsBetter, 0, 1);
  const text = (share: number, pairs: number): string =>
    `${formatShare(share)} of ${formatCount(pairs)} predictions agree, ${formatShare(gate.atLeast)} must`;
  return {
    unit: "pairs of predictions",
    compares: false,
    needsSameTime: false,
    minimumSamples: gate.minimumSamples,
    reference: () => 0,
    samples: (totals) => differing(totals).samples,
    harm: differing,
    logEvidence: ({ track }) => logEvidence(track),
    worsened: () => 0,
    excess: ({ track }) => excessOverLimit(track, limit),
    estimate(track) {
      const sums = differing(track);
      return {
        samples: sums.samples,
        baselineSamples: 0,
        ...(sums.samples > 0 && { track: 1 - meanHarm(sums) }),
        baseline: gate.atLeast,
        excess: excessOverLimit(sums, limit),
      };
    },
    describe: ({ track, samples }) => text(track ?? 0, samples),
    describeHarm: ({ track }) => text(1 - meanHarm(track), track.samples),
  };
}
