import { formatNumber, formatShare } from "../../core/format";
import { MetricDirection } from "../gate";
import type { MetricSums } from "../observation";
import type { Difference, VariantResult, VariantVerdict } from "../result";
import { NO_TOTALS, since } from "../tally";
import { differenceBetweenUsers, differenceOfValues, meanOf, type TrackValues } from "./difference";
import { controlOf, type AbTestPolicy, type AbTestState, type VariantState } from "./policy";

const NO_VALUES: MetricSums = { count: 0, sum: 0, sumOfSquares: 0 };

/** What the test has found about every variant so far. It is valid at any time and for any number of interim looks. */
export function resultsOf(policy: AbTestPolicy, state: AbTestState): readonly VariantResult[] {
  return policy.variants.slice(1).map((variant) => resultOf(policy, state, variant));
}

/** Values of a metric, by default the one that decides, on a track since the test started. */
export function valuesOf(
  { metric }: AbTestPolicy,
  { tallies, atStart }: AbTestState,
  track: string,
  name = metric.name,
): MetricSums {
  const counted = since(atStart[track]?.totals ?? NO_TOTALS, tallies[track]?.totals ?? NO_TOTALS);
  return counted.metrics[name] ?? NO_VALUES;
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
  const [control, own] = [trackValues(policy, state, controlOf(policy)), trackValues(policy, state, variant)];
  const known = state.variants[variant];
  const values = { control: control.sums.count, variant: own.sums.count };
  const measured = known && measure(policy, known, control, own);
  if (measured === undefined) {
    const fewest = Math.min(values.control, values.variant);
    const summary = `${formatNumber(fewest)} of ${metric.minimumSamples} values of ${metric.name} per variant`;
    return { variant, verdict: known?.found ?? "not-enough-data", values, summary };
  }
  const { difference, unit } = measured;
  const verdict = known?.found === "guardrail-broken" ? known.found : verdictOf(policy, difference, known?.scale ?? 0);
  const earlier = known?.changedFrom ?? known?.found;
  return {
    variant,
    verdict,
    ...(earlier !== undefined && earlier !== verdict && { changedFrom: earlier }),
    unit,
    values,
    difference,
    summary: describeDifference(metric.name, difference, unit),
  };
}

function trackValues(policy: AbTestPolicy, state: AbTestState, track: string): TrackValues {
  const byGroup = state.users[track]?.buckets?.total.metrics[policy.metric.name];
  return { sums: valuesOf(policy, state, track), ...(byGroup !== undefined && { byGroup }) };
}

/** The difference of a variant from the control, and the unit that its interval is computed with. */
interface Measured {
  readonly difference: Difference;
  readonly unit: NonNullable<VariantResult["unit"]>;
}

function measure(
  { metric, falseWinRate, variants }: AbTestPolicy,
  { scale }: VariantState,
  control: TrackValues,
  variant: TrackValues,
): Measured | undefined {
  if (scale === undefined || variant.sums.count < metric.minimumSamples) return undefined;
  const rule = {
    scale,
    range: metric.upperBound - metric.lowerBound,
    // Every variant other than the control adds another chance of a false win.
    chance: falseWinRate / Math.max(1, variants.length - 1),
  };
  const byUsers = differenceBetweenUsers(control, variant, rule);
  if (byUsers !== undefined) return { difference: byUsers, unit: "users" };
  return { difference: differenceOfValues(control.sums, variant.sums, rule), unit: "values" };
}

function verdictOf({ metric }: AbTestPolicy, { from, to }: Difference, scale: number): VariantVerdict {
  const isUpGood = metric.direction === MetricDirection.HigherIsBetter;
  if (from > 0) return isUpGood ? "winner" : "worse";
  if (to < 0) return isUpGood ? "worse" : "winner";
  return from > -scale && to < scale ? "no-difference" : "not-enough-data";
}

function describeDifference(
  metric: string,
  { control, variant, estimate, from, to }: Difference,
  unit: Measured["unit"],
): string {
  const relative = control === 0 ? "" : `, ${signed(formatShare(estimate / Math.abs(control)), estimate)}`;
  const caveat = unit === "users" ? "" : "; users are not counted, so each value counts as another user";
  return `${metric} ${formatNumber(variant)} against ${formatNumber(control)}${relative} (difference ${formatNumber(from)} to ${formatNumber(to)}${caveat})`;
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text);
