import { formatNumber, formatShare } from "../../core/format";
import { MetricDirection } from "../gate";
import type { MetricSums } from "../observation";
import type { Difference, VariantResult, VariantVerdict } from "../result";
import { NO_TOTALS, since } from "../tally";
import { differenceOf, meanOf } from "./difference";
import { controlOf, type AbTestPolicy, type AbTestState, type VariantState } from "./policy";

const NO_VALUES: MetricSums = { count: 0, sum: 0, sumOfSquares: 0 };

/** What the test has found about every variant so far. It is valid at any time and for any number of interim looks. */
export function resultsOf(policy: AbTestPolicy, state: AbTestState): readonly VariantResult[] {
  return policy.variants.slice(1).map((variant) => resultOf(policy, state, variant));
}

/** Values of the metric on a track since the test started. */
export function valuesOf({ metric }: AbTestPolicy, { tallies, atStart }: AbTestState, track: string): MetricSums {
  const counted = since(atStart[track]?.totals ?? NO_TOTALS, tallies[track]?.totals ?? NO_TOTALS);
  return counted.metrics[metric.name] ?? NO_VALUES;
}

/** The scale of a test; undefined until the control has enough values. */
export function scaleOf({ metric }: AbTestPolicy, control: MetricSums): number | undefined {
  const { count } = control;
  if (count < metric.minimumSamples) return undefined;
  // A control whose mean is 0 has no relative difference; then the contribution of a single value is the scale.
  const mean = Math.abs(meanOf(control)) || (metric.upperBound - metric.lowerBound) / count;
  return metric.minimumEffect * mean;
}

function resultOf(policy: AbTestPolicy, state: AbTestState, variant: string): VariantResult {
  const { metric } = policy;
  const control = valuesOf(policy, state, controlOf(policy));
  const own = valuesOf(policy, state, variant);
  const known = state.variants[variant];
  const values = { control: control.count, variant: own.count };
  const difference = known && differenceFor(policy, known, control, own);
  if (difference === undefined) {
    const fewest = Math.min(control.count, own.count);
    const summary = `${formatNumber(fewest)} of ${metric.minimumSamples} values of ${metric.name} per variant`;
    return { variant, verdict: known?.found ?? "not-enough-data", values, summary };
  }
  const verdict = known?.found ?? verdictOf(policy, difference, known?.scale ?? 0);
  return { variant, verdict, values, difference, summary: describeDifference(metric.name, difference) };
}

function differenceFor(
  policy: AbTestPolicy,
  { scale }: VariantState,
  control: MetricSums,
  variant: MetricSums,
): Difference | undefined {
  const { metric, falseWinRate, variants } = policy;
  if (scale === undefined || variant.count < metric.minimumSamples) return undefined;
  return differenceOf(control, variant, {
    scale,
    range: metric.upperBound - metric.lowerBound,
    // Every variant other than the control adds another chance of a false win.
    chance: falseWinRate / Math.max(1, variants.length - 1),
  });
}

function verdictOf({ metric }: AbTestPolicy, { from, to }: Difference, scale: number): VariantVerdict {
  const isUpGood = metric.direction === MetricDirection.HigherIsBetter;
  if (from > 0) return isUpGood ? "winner" : "worse";
  if (to < 0) return isUpGood ? "worse" : "winner";
  return from > -scale && to < scale ? "no-difference" : "not-enough-data";
}

function describeDifference(metric: string, { control, variant, estimate, from, to }: Difference): string {
  const relative = control === 0 ? "" : `, ${signed(formatShare(estimate / Math.abs(control)), estimate)}`;
  return `${metric} ${formatNumber(variant)} against ${formatNumber(control)}${relative} (difference ${formatNumber(from)} to ${formatNumber(to)})`;
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text);
