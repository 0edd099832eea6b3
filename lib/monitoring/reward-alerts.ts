import { formatDuration } from "../core/format";
import type { AlertRule, RecordingRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { feedbackMissing, type ExpectedFeedback } from "./feedback-alerts";
import { increaseBy, onSameModel } from "./promql";
import {
  grouping,
  modelGrouping,
  ofMetric,
  selector,
  selectorOfAll,
  seriesWith,
  type Series,
  type SeriesWith,
} from "./series";

/** A whole day, because rewards differ between day and night. */
const REWARD_WINDOW = "1d";
/** Standard errors above which a difference is not chance, however often the rule is evaluated. */
const SIGNIFICANT_Z = 4;
/** Share of the rewards per request of all arms below which an arm is losing rewards. */
const STARVED_BELOW = 0.5;

/** Rewards that arms are chosen by. */
export interface MonitoredRewards extends ExpectedFeedback {
  readonly higherIsBetter: boolean;
  /** Rewards of each arm below which they are not compared. */
  readonly minimumRewards: number;
}

type Arm = SeriesWith<"requests" | "feedback">;
type Arms = readonly [Arm, ...Arm[]];

/** Alerts on the rewards of several arms; the first is the one that the others are compared with. */
export function rewardRules(arms: readonly Series[], rewards: MonitoredRewards): RuleGroup[] {
  const [baseline, ...others] = seriesWith(arms, "requests", "feedback");
  if (baseline === undefined) return [];
  const measured: Arms = [baseline, ...others];
  const rules = [
    ...earnings(measured, rewards.metric),
    ...feedbackMissing(measured, rewards),
    starvedAlert(measured, rewards),
    ...others.map((arm) => earnsLessAlert(baseline, arm, rewards)),
  ];
  return [{ name: `slipway.${baseline.model}.rewards.${measured.map(({ version }) => version).join("-")}`, rules }];
}

function starvedAlert(arms: Arms, rewards: MonitoredRewards): AlertRule {
  const { metric, withinSeconds, minimumRequests } = rewards;
  const [first] = arms;
  const { feedback, requests } = first.metrics;
  const window = formatDuration(withinSeconds);
  const counted = (labels: string, name: string, ...matchers: string[]) =>
    increaseBy(labels, `${name}${selectorOfAll(arms, ...matchers)}`, window);
  const perRequest = (labels: string) =>
    `${counted(labels, feedback.count, ofMetric(first, metric))} / ${counted(labels, requests.counter)}`;
  const enough = `${counted(grouping(first), requests.counter)} >= ${minimumRequests}`;
  const starved = `(${perRequest(grouping(first))}) < ${onSameModel(first)} ${STARVED_BELOW} * (${perRequest(modelGrouping(first))})`;
  return alert(
    "SlipwayArmStarved",
    // SlipwayFeedbackMissing covers an arm without any reward.
    `(${starved}) > 0 and ${enough}`,
    `${first.model} {{ $labels.${first.metrics.labels.version} }} gets far fewer ${metric} rewards per request than the other arms`,
    `{{ $value | humanizePercentage }} of its requests were rewarded within ${window}, less than half of what all arms get. Lost rewards bias the mean of that arm.`,
    { metric },
  );
}

const RECORDED = {
  count: `slipway:rewards:increase${REWARD_WINDOW}`,
  mean: `slipway:reward_mean:${REWARD_WINDOW}`,
  squaredError: `slipway:reward_mean_squared_error:${REWARD_WINDOW}`,
};

/** Rewards of each arm, their mean, and the squared standard error of that mean. */
function earnings(arms: Arms, metric: string): RecordingRule[] {
  const [first] = arms;
  const { feedback } = first.metrics;
  const of = (name: string) =>
    increaseBy(
      `${grouping(first)}, ${feedback.metricLabel}`,
      `${name}${selectorOfAll(arms, ofMetric(first, metric))}`,
      REWARD_WINDOW,
    );
  const [count, sum, squares] = [of(feedback.count), of(feedback.sum), of(feedback.squares)];
  const mean = `(${sum} / ${count})`;
  return [
    { record: RECORDED.count, expr: count },
    { record: RECORDED.mean, expr: mean },
    { record: RECORDED.squaredError, expr: `(${squares} / ${count} - ${mean} ^ 2) / ${count}` },
  ];
}

function earnsLessAlert(baseline: Arm, arm: Arm, rewards: MonitoredRewards): AlertRule {
  const { metric, higherIsBetter, minimumRewards } = rewards;
  const of = (record: string, series: Arm) => `${record}${selector(series, ofMetric(series, metric))}`;
  const both = `on (${modelGrouping(arm)}, ${arm.metrics.feedback.metricLabel})`;
  const [better, worse] = higherIsBetter ? [baseline, arm] : [arm, baseline];
  const difference = `(${of(RECORDED.mean, better)} - ${both} ${of(RECORDED.mean, worse)})`;
  const error = `sqrt(${of(RECORDED.squaredError, arm)} + ${both} ${of(RECORDED.squaredError, baseline)})`;
  const enough = [arm, baseline].map((series) => `${both} ${of(RECORDED.count, series)} >= ${minimumRewards}`);
  return alert(
    "SlipwayArmEarnsLess",
    `${of(RECORDED.mean, arm)} and ${both} (${difference} / ${both} ${error} > ${SIGNIFICANT_Z}) and ${enough.join(" and ")}`,
    `${arm.model} ${arm.version} earns less than ${baseline.version}`,
    `Its mean ${metric} over ${REWARD_WINDOW} is {{ printf "%.3g" $value }}, worse than that of ${baseline.version} by more than chance explains.`,
    { metric, version: arm.version },
  );
}

function alert(
  name: string,
  expr: string,
  summary: string,
  description: string,
  more: Record<string, string>,
): AlertRule {
  return {
    alert: name,
    expr,
    for: "15m",
    labels: { severity: "warning", ...more },
    annotations: { summary, description },
  };
}
