import { formatCount, formatNumber } from "../../core/format";
import { Direction, type MetricComparisonGate } from "../gate";
import type { MetricSums } from "../observation";
import { logEvidenceOfHigherMean } from "../statistics/mean";
import { excessOverMean } from "../statistics/noise";
import { meanHarm, type Sums } from "../statistics/sums";
import type { Totals } from "../tally";
import type { GateRule } from "./rule";

/** Values of the baseline from which its mean is known well enough to measure a spread from. */
const enoughForMean = 20;

/** The harm in a value is its distance from the best possible value, as a share of the whole range. */
export function metricComparison(gate: MetricComparisonGate): GateRule {
  const { direction, lowerBound, upperBound, margin } = gate;
  const range = upperBound - lowerBound;
  const harm = (totals: Totals): Sums => harmOf(totals.metrics[gate.metric], direction, lowerBound, upperBound);
  const valueOf = (sums: Sums): number =>
    direction === Direction.HigherIsBetter ? upperBound - meanHarm(sums) * range : lowerBound + meanHarm(sums) * range;
  const allowance = (baseline: Sums): number => (margin * Math.abs(valueOf(baseline))) / range;
  const text = (value: number, samples: number): string =>
    `${gate.metric} ${formatNumber(value)} of ${formatCount(samples)} values`;
  return {
    unit: "values",
    compares: true,
    needsSameTime: false,
    minimumSamples: gate.minimumSamples,
    reference(baseline) {
      const sums = harm(baseline);
      return sums.samples < enoughForMean ? undefined : meanHarm(sums);
    },
    samples: (totals) => harm(totals).samples,
    harm,
    logEvidence: ({ track, baseline, reference }) => logEvidenceOfHigherMean(track, baseline, reference),
    worsened: (lately, before) => excessOverMean(lately, before, 0),
    excess: ({ track, baseline }) => excessOverMean(track, baseline, allowance(baseline)),
    estimate(track, baseline) {
      const [sums, baselineSums] = [harm(track), harm(baseline)];
      return {
        samples: sums.samples,
        baselineSamples: baselineSums.samples,
        ...(sums.samples > 0 && { track: valueOf(sums) }),
        ...(baselineSums.samples > 0 && { baseline: valueOf(baselineSums) }),
        excess: excessOverMean(sums, baselineSums, allowance(baselineSums)),
      };
    },
    describe: ({ track, samples, baseline }, name) =>
      `${text(track ?? 0, samples)} against ${formatNumber(baseline ?? 0)} on ${name}`,
    describeHarm: ({ track, baseline }, _totals, name) =>
      `${text(valueOf(track), track.samples)} against ${formatNumber(valueOf(baseline))} on ${name}`,
  };
}

/** Sums of harm from sums of values: linear, so the squares follow from the three sums. */
export function harmOf(
  sums: MetricSums | undefined,
  direction: Direction,
  lowerBound: number,
  upperBound: number,
): Sums {
  const range = upperBound - lowerBound;
  if (sums === undefined || sums.count <= 0 || !(range > 0)) return { samples: 0, harm: 0, squares: 0 };
  const best = direction === Direction.HigherIsBetter ? upperBound : lowerBound;
  const sign = direction === Direction.HigherIsBetter ? -1 : 1;
  const harm = (sign * (sums.sum - sums.count * best)) / range;
  const squares = (sums.sumOfSquares - 2 * best * sums.sum + sums.count * best * best) / (range * range);
  return {
    samples: sums.count,
    harm: Math.min(Math.max(harm, 0), sums.count),
    squares: Math.min(Math.max(squares, 0), sums.count),
  };
}
