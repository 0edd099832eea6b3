import { formatPercent, roundComputed } from "../core/format";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { feedbackMissing, type ExpectedFeedback } from "./feedback-alerts";
import { increaseBy, onSameModel } from "./promql";
import { grouping, hasMetrics, modelGrouping, selector, selectorOfAll, type Series, type SeriesWith } from "./series";

/** Shorter than the alert waits, so that a split that was changed on purpose is out of the window before it fires. */
const WINDOW = "10m";
const FOR = "15m";
/** Relative to the declared share: users differ in how many requests they make. */
const TOLERANCE = 0.1;
/** Standard deviations above which a deviation is not chance, however often the rule is evaluated. */
const SIGNIFICANT_Z = 4;

/** A version in a test, and the share of the requests that it should get. */
export interface Variant {
  readonly series: Series;
  /** From 0 to 1. */
  readonly share: number;
}

/** Alerts on what invalidates a running test: a sample ratio mismatch, and missing feedback. */
export function experimentRules(variants: readonly Variant[], primary: ExpectedFeedback): RuleGroup[] {
  const all = variants.map(({ series }) => series);
  const rules = [
    ...variants.flatMap(({ series, share }) =>
      share > 0 && hasMetrics(series, "requests") ? [splitBroken(series, share, all)] : [],
    ),
    ...feedbackMissing(all, primary),
  ];
  return [{ name: `slipway.${all[0]?.model}.experiment.${all.map(({ version }) => version).join("-")}`, rules }];
}

function splitBroken(series: SeriesWith<"requests">, share: number, all: readonly Series[]): AlertRule {
  const { counter } = series.metrics.requests;
  const ofModel = onSameModel(series);
  const own = increaseBy(grouping(series), `${counter}${selector(series)}`, WINDOW);
  const together = increaseBy(modelGrouping(series), `${counter}${selectorOfAll(all)}`, WINDOW);
  const observed = `(${own} / ${ofModel} ${together})`;
  const off = `abs(${observed} - ${share})`;
  const chance = `${SIGNIFICANT_Z} * sqrt(${roundComputed(share * (1 - share))} / ${together})`;
  return {
    alert: "SlipwaySplitBroken",
    expr: `${observed} and ${off} > ${roundComputed(TOLERANCE * share)} and ${off} > ${ofModel} (${chance})`,
    for: FOR,
    labels: { severity: "critical", version: series.version },
    annotations: {
      summary: `${series.model} ${series.version} does not get its share of the requests`,
      description: `It gets {{ $value | humanizePercentage }} of them; ${formatPercent(share)} is declared. Something routes users around the split, so the groups of users are no longer comparable. Stop the test (\`running: false\`) and find the cause.`,
    },
  };
}
