import { formatPercent, roundComputed } from "../core/format";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { feedbackMissing, type ExpectedFeedback } from "./feedback-alerts";
import { increaseBy, onSameModel } from "./promql";
import { grouping, hasMetrics, modelGrouping, selector, selectorOfAll, type Series, type SeriesWith } from "./series";

/** Shorter than the alert waits, so that a split that was changed on purpose is out of the window before it fires. */
const WINDOW = "10m";
const FOR = "15m";
/** Relative to the declared share: users of a better version may make more requests. */
const TOLERANCE = 0.1;
/** Standard deviations above which a deviation is not chance, however often the rule is evaluated. */
const SIGNIFICANT_Z = 4;

/** A version in a test, and the share of the requests that it should get. */
export interface Variant {
  readonly series: Series;
  /** From 0 to 1. */
  readonly share: number;
}

/** What the split is checked by: users who are assigned, where the router reports them, or requests by group of users. */
export type SplitCheck = "new-users" | "requests";

/** Alerts on what invalidates a running test: a sample ratio mismatch, and missing feedback. */
export function experimentRules(
  variants: readonly Variant[],
  check: SplitCheck,
  primary: ExpectedFeedback,
): RuleGroup[] {
  const all = variants.map(({ series }) => series);
  const expressionOf = check === "new-users" ? shareOfNewUsers : shareOfRequests;
  const rules = [
    ...variants.flatMap(({ series, share }) =>
      share > 0 && hasMetrics(series, "requests", "users")
        ? [splitBroken(series, share, check, expressionOf(series, share, all))]
        : [],
    ),
    ...feedbackMissing(all, primary),
  ];
  return [{ name: `slipway.${all[0]?.model}.experiment.${all.map(({ version }) => version).join("-")}`, rules }];
}

type Counted = SeriesWith<"requests" | "users">;

/** Users are assigned independently of each other, so the chance of a deviation follows from their number. */
function shareOfNewUsers(series: Counted, share: number, all: readonly Series[]): string {
  const { users, requests } = series.metrics;
  const own = increaseBy(grouping(series), `${users.newUsers}${selector(series)}`, WINDOW);
  const answered = increaseBy(grouping(series), `${requests.counter}${selector(series)}`, WINDOW);
  const together = increaseBy(modelGrouping(series), `${users.newUsers}${selectorOfAll(all)}`, WINDOW);
  // A version without any new user has no such counter.
  const observed = `((${own} or 0 * ${answered}) / ${onSameModel(series)} ${together})`;
  const chance = `${SIGNIFICANT_Z} * sqrt(${roundComputed(share * (1 - share))} / ${together})`;
  return deviation(series, share, observed, chance);
}

/** Users differ in how many requests they make, so the chance of a deviation follows from the spread between groups of users. */
function shareOfRequests(series: Counted, share: number, all: readonly Series[]): string {
  const { users, labels } = series.metrics;
  const increase = (by: string, selected: string) => increaseBy(by, `${users.requests}${selected}`, WINDOW);
  const own = increase(grouping(series), selector(series));
  const together = increase(modelGrouping(series), selectorOfAll(all));
  const observed = `(${own} / ${onSameModel(series)} ${together})`;
  const groups = increase(`${grouping(series)}, ${users.groupLabel}`, selectorOfAll(all));
  const spread = `stddev by (${grouping(series)}) (${groups}) * sqrt(count by (${grouping(series)}) (${groups}))`;
  const chance = `${SIGNIFICANT_Z} * max by (namespace, ${labels.model}) (${spread}) / ${together}`;
  return deviation(series, share, observed, chance);
}

/** True where a share deviates from the declared one by more than is tolerated, and by more than chance explains. */
function deviation(series: Series, share: number, observed: string, chance: string): string {
  const off = `abs(${observed} - ${share})`;
  return `${observed} and ${off} > ${roundComputed(TOLERANCE * share)} and ${off} > ${onSameModel(series)} (${chance})`;
}

function splitBroken({ model, version }: Series, share: number, check: SplitCheck, expr: string): AlertRule {
  const unit = check === "new-users" ? "new users" : "requests";
  return {
    alert: "SlipwaySplitBroken",
    expr,
    for: FOR,
    labels: { severity: "critical", version },
    annotations: {
      summary: `${model} ${version} does not get its share of the ${unit}`,
      description: `It gets {{ $value | humanizePercentage }} of them; ${formatPercent(share)} is declared. Something routes users around the split, so the groups of users are no longer comparable. Stop the test (\`running: false\`) and find the cause.`,
    },
  };
}
