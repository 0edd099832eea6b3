import { formatCount, formatShare } from "../../core/format";
import { MetricDirection, type AgreementObjectiveGate } from "../gate";
import { evidenceOverLimit } from "../statistics/bernoulli";
import { excessOverLimit } from "../statistics/excess";
import { meanLoss, type LossMoments } from "../statistics/loss-moments";
import type { Totals } from "../tally";
import { lossOf } from "./metric";
import type { GateRule } from "./rule";

/** A pair of predictions that differ is a loss. */
export function agreementObjective(gate: AgreementObjectiveGate): GateRule {
  const limit = 1 - gate.atLeast;
  const differing = (totals: Totals): LossMoments =>
    lossOf(totals.metrics[gate.metric], MetricDirection.HigherIsBetter, 0, 1);
  const text = (share: number, pairs: number): string =>
    `${formatShare(share)} of ${formatCount(pairs)} predictions agree, at least ${formatShare(gate.atLeast)} required`;
  return {
    unit: "pairs of predictions",
    minimumSamples: gate.minimumSamples,
    samples: (totals) => differing(totals).samples,
    needsConcurrentBaseline: false,
    objective: { loss: differing, logEvidence: evidenceOverLimit(limit) },
    estimate(candidate) {
      const loss = differing(candidate);
      return {
        samples: loss.samples,
        baselineSamples: 0,
        ...(loss.samples > 0 && { candidate: 1 - meanLoss(loss) }),
        baseline: gate.atLeast,
        excess: excessOverLimit(loss, limit),
      };
    },
    describe: ({ candidate, samples }) => text(candidate ?? 0, samples),
    describeRegression: ({ candidate }) => text(1 - meanLoss(candidate), candidate.samples),
  };
}
