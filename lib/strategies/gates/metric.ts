import { formatCount, formatNumber } from "../../core/format";
import { MetricDirection, type MetricComparisonGate } from "../gate";
import type { MetricSums } from "../observation";
import { excessOverMean } from "../statistics/excess";
import { meanLoss, type LossMoments } from "../statistics/loss-moments";
import type { Totals } from "../tally";
import type { GateRule } from "./rule";

/** The loss of a value is its distance from the best possible value, as a share of the whole range. */
export function metricComparison(gate: MetricComparisonGate): GateRule {
  const { direction, lowerBound, upperBound, margin } = gate;
  const range = upperBound - lowerBound;
  const lossIn = (totals: Totals): LossMoments =>
    lossOf(totals.metrics[gate.metric], direction, lowerBound, upperBound);
  const valueOf = (loss: LossMoments): number =>
    direction === MetricDirection.HigherIsBetter
      ? upperBound - meanLoss(loss) * range
      : lowerBound + meanLoss(loss) * range;
  const allowance = (baseline: LossMoments): number => (margin * Math.abs(valueOf(baseline))) / range;
  const text = (value: number, samples: number): string =>
    `${gate.metric} ${formatNumber(value)} of ${formatCount(samples)} values`;
  return {
    unit: "values",
    needsConcurrentBaseline: false,
    minimumSamples: gate.minimumSamples,
    samples: (totals) => lossIn(totals).samples,
    estimate(candidate, baseline) {
      const [loss, baselineLoss] = [lossIn(candidate), lossIn(baseline)];
      return {
        samples: loss.samples,
        baselineSamples: baselineLoss.samples,
        ...(loss.samples > 0 && { candidate: valueOf(loss) }),
        ...(baselineLoss.samples > 0 && { baseline: valueOf(baselineLoss) }),
        excess: excessOverMean(loss, baselineLoss, allowance(baselineLoss)),
      };
    },
    describe: ({ candidate, samples, baseline }, name) =>
      `${text(candidate ?? 0, samples)} against ${formatNumber(baseline ?? 0)} on ${name}`,
    describeRegression: ({ candidate, baseline }, _totals, name) =>
      `${text(valueOf(candidate), candidate.samples)} against ${formatNumber(valueOf(baseline))} on ${name}`,
  };
}

/** The loss of a metric's values. It is linear in the values, so its moments follow from their sums. */
export function lossOf(
  sums: MetricSums | undefined,
  direction: MetricDirection,
  lowerBound: number,
  upperBound: number,
): LossMoments {
  const range = upperBound - lowerBound;
  if (sums === undefined || sums.count <= 0 || !(range > 0)) return { samples: 0, loss: 0, squares: 0 };
  const best = direction === MetricDirection.HigherIsBetter ? upperBound : lowerBound;
  const sign = direction === MetricDirection.HigherIsBetter ? -1 : 1;
  const loss = (sign * (sums.sum - sums.count * best)) / range;
  const squares = (sums.sumOfSquares - 2 * best * sums.sum + sums.count * best * best) / (range * range);
  return {
    samples: sums.count,
    loss: Math.min(Math.max(loss, 0), sums.count),
    squares: Math.min(Math.max(squares, 0), sums.count),
  };
}
