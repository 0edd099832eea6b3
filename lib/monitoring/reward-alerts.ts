import { formatDuration } from "../core/format";
import { CONTRACT } from "../core/contract";
import type { AlertRule, RecordingRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { feedbackMissing, type ExpectedFeedback } from "./feedback-alerts";
import { GROUPING, increaseBy, selector, selectorOfAll, type Series } from "./promql";

const { metrics, labels } = CONTRACT;

/** Rewards of a day hold the day and the night. */
const EARNING_WINDOW = "1d";
/** Standard errors from which a difference is no chance, however often one looks at it. */
const BEYOND_CHANCE = 4;
/** Of what all arms get, in rewards a request: under this an arm's rewards are lost on their way. */
const STARVED_UNDER = 0.5;

/** Rewards that arms are chosen by. */
export interface RewardWatch extends ExpectedFeedback {
  readonly higherIsBetter: boolean;
  /** Rewards of each arm under which they are not compared. */
  readonly minimumRewards: number;
}

/** Alerts on the rewards of several arms, the first of which the others are held against. */
export function rewardRules(arms: readonly Series[], watch: RewardWatch): RuleGroup[] {
  const [baseline, ...others] = arms;
  if (baseline === undefined) return [];
  const rules = [
    ...earnings(arms, watch.metric),
    feedbackMissing(arms, watch),
    starvedAlert(arms, watch),
    ...others.map((arm) => earnsLessAlert(baseline, arm, watch)),
  ];
  return [{ name: `slipway.${baseline.model}.rewards.${arms.map(({ version }) => version).join("-")}`, rules }];
}

function starvedAlert(arms: readonly Series[], { metric, withinSeconds, minimumRequests }: RewardWatch): AlertRule {
  const window = formatDuration(withinSeconds);
  const perRequest = (grouping: string) =>
    `${increaseBy(grouping, `${metrics.feedbackCount}${selectorOfAll(arms, metric)}`, window)} / ${increaseBy(grouping, `${metrics.requests}${selectorOfAll(arms)}`, window)}`;
  const enough = `${increaseBy(GROUPING, `${metrics.requests}${selectorOfAll(arms)}`, window)} >= ${minimumRequests}`;
  return alert(
    "SlipwayArmStarved",
    // None at all is the other alert's.
    `((${perRequest(GROUPING)}) < on (namespace, model) group_left () ${STARVED_UNDER} * (${perRequest("namespace, model")})) > 0 and ${enough}`,
    `${subject(arms)} {{ $labels.version }} gets far fewer ${metric} for its requests than the other arms`,
    `{{ $value | humanizePercentage }} of its requests were rewarded within ${window}, less than half of what all arms get. Rewards that are lost for one arm make its mean unfair.`,
    { metric },
  );
}

const recorded = {
  count: `slipway:rewards:increase${EARNING_WINDOW}`,
  mean: `slipway:reward_mean:${EARNING_WINDOW}`,
  squaredError: `slipway:reward_mean_squared_error:${EARNING_WINDOW}`,
};

/** Rewards of each arm, their mean, and the square of the error that chance leaves in it. */
function earnings(arms: readonly Series[], metric: string): RecordingRule[] {
  const of = (name: string) =>
    increaseBy(`${GROUPING}, ${labels.metric}`, `${name}${selectorOfAll(arms, metric)}`, EARNING_WINDOW);
  const [count, sum, squares] = [of(metrics.feedbackCount), of(metrics.feedbackSum), of(metrics.feedbackSquares)];
  const mean = `(${sum} / ${count})`;
  return [
    { record: recorded.count, expr: count },
    { record: recorded.mean, expr: mean },
    { record: recorded.squaredError, expr: `(${squares} / ${count} - ${mean} ^ 2) / ${count}` },
  ];
}

function earnsLessAlert(baseline: Series, arm: Series, watch: RewardWatch): AlertRule {
  const { metric, higherIsBetter, minimumRewards } = watch;
  const of = (record: string, series: Series) =>
    `${record}${selector(series, `${labels.metric}=${JSON.stringify(metric)}`)}`;
  const both = "on (namespace, model, metric)";
  const [better, worse] = higherIsBetter ? [baseline, arm] : [arm, baseline];
  const difference = `(${of(recorded.mean, better)} - ${both} ${of(recorded.mean, worse)})`;
  const error = `sqrt(${of(recorded.squaredError, arm)} + ${both} ${of(recorded.squaredError, baseline)})`;
  const enough = [arm, baseline].map((series) => `${both} ${of(recorded.count, series)} >= ${minimumRewards}`);
  return alert(
    "SlipwayArmEarnsLess",
    `${of(recorded.mean, arm)} and ${both} (${difference} / ${both} ${error} > ${BEYOND_CHANCE}) and ${enough.join(" and ")}`,
    `${arm.model} ${arm.version} earns less than ${baseline.version}`,
    `Its mean ${metric} over ${EARNING_WINDOW} is {{ printf "%.3g" $value }}, worse than ${baseline.version}'s by more than chance explains.`,
    { metric, version: arm.version },
  );
}

const subject = (arms: readonly Series[]): string => arms[0]?.model ?? "";

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
