import { formatPercent, roundComputed } from "../core/format";
import { CONTRACT } from "../core/contract";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { feedbackMissing, type ExpectedFeedback } from "./feedback-alerts";
import { GROUPING, increaseBy, selector, selectorOfAll, type Series } from "./promql";

const { metrics } = CONTRACT;

/** Shorter than the alert waits: a split that was changed on purpose is forgotten before. */
const WINDOW = "10m";
const FOR = "15m";
/** Relative to the declared share: users do not make the same number of requests each. */
const TOLERATED = 0.1;
/** Standard deviations that chance alone does not reach, however often one looks. */
const BEYOND_CHANCE = 4;

/** A version in a test, and the share of the requests that it should get. */
export interface Variant {
  readonly series: Series;
  /** From 0 to 1. */
  readonly share: number;
}

/** Alerts on what makes a running test worthless: requests in another ratio than declared, and feedback that does not come. */
export function experimentRules(variants: readonly Variant[], primary: ExpectedFeedback): RuleGroup[] {
  const all = variants.map(({ series }) => series);
  const rules = [
    ...variants.filter(({ share }) => share > 0).map((variant) => splitBroken(variant, all)),
    feedbackMissing(all, primary),
  ];
  return [{ name: `slipway.${all[0]?.model}.experiment.${all.map(({ version }) => version).join("-")}`, rules }];
}

function splitBroken({ series, share }: Variant, all: readonly Series[]): AlertRule {
  const ofModel = "on (namespace, model) group_left ()";
  const own = increaseBy(GROUPING, `${metrics.requests}${selector(series)}`, WINDOW);
  const together = increaseBy("namespace, model", `${metrics.requests}${selectorOfAll(all)}`, WINDOW);
  const observed = `(${own} / ${ofModel} ${together})`;
  const off = `abs(${observed} - ${share})`;
  const chance = `${BEYOND_CHANCE} * sqrt(${roundComputed(share * (1 - share))} / ${together})`;
  return {
    alert: "SlipwaySplitBroken",
    expr: `${observed} and ${off} > ${roundComputed(TOLERATED * share)} and ${off} > ${ofModel} (${chance})`,
    for: FOR,
    labels: { severity: "critical", version: series.version },
    annotations: {
      summary: `${series.model} ${series.version} does not get its share of the requests`,
      description: `It gets {{ $value | humanizePercentage }} of them, where ${formatPercent(share)} is declared: something leads users past the split, and the variants are no longer alike. Stop the test (\`running: false\`) and look for the cause.`,
    },
  };
}
