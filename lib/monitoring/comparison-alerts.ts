import { formatPercent } from "../core/values/percent";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { errorRatio, latencyQuantile, metricMean, type Series } from "./promql";

const WINDOW = "5m";
/** Feedback comes late and thinly. */
const METRIC_WINDOW = "1h";
/** Both sides of a comparison are two versions of one model. */
const SAME_MODEL = "on (namespace, model) group_left ()";

/** A business metric that one version must not have worse than the other. */
export interface MetricComparison {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** Relative. */
  readonly margin: number;
}

/** What is compared between two versions; margins are relative. */
export interface Comparisons {
  readonly latencyMargin?: number | undefined;
  readonly errorRateMargin?: number | undefined;
  /** Share of failed requests under which no comparison matters. */
  readonly errorRateFloor: number;
  readonly metrics: readonly MetricComparison[];
}

/** Alerts for people on what the gates compare, so that a rollout without a controller is watched as well. */
export function comparisonRules(stable: Series, canary: Series, comparisons: Comparisons): RuleGroup[] {
  const { latencyMargin, errorRateMargin, errorRateFloor, metrics } = comparisons;
  const rules = [
    ...(latencyMargin === undefined ? [] : [latencyAlert(stable, canary, latencyMargin)]),
    ...(errorRateMargin === undefined ? [] : [errorAlert(stable, canary, errorRateMargin, errorRateFloor)]),
    ...metrics.map((metric) => metricAlert(stable, canary, metric)),
  ];
  return [{ name: `slipway.${canary.model}.${stable.version}-${canary.version}`, rules }];
}

function latencyAlert(stable: Series, canary: Series, margin: number): AlertRule {
  const [ours, theirs] = [latencyQuantile(canary, 0.95, WINDOW), latencyQuantile(stable, 0.95, WINDOW)];
  return alert(
    "SlipwayCanarySlower",
    `${ours} > ${SAME_MODEL} ${factor(1 + margin)} * ${theirs}`,
    `${canary.model} ${canary.version} is slower than ${stable.version}`,
    `Its p95 is {{ $value | humanizeDuration }}, over ${formatPercent(margin)} more than the stable version's.`,
  );
}

function errorAlert(stable: Series, canary: Series, margin: number, floor: number): AlertRule {
  const [ours, theirs] = [errorRatio(canary, WINDOW), errorRatio(stable, WINDOW)];
  // A stable version without errors would make one failed request of the canary an alert: hence the floor.
  return alert(
    "SlipwayCanaryFailsMore",
    `((${ours}) > ${SAME_MODEL} ${factor(1 + margin)} * (${theirs})) > ${floor}`,
    `${canary.model} ${canary.version} fails more often than ${stable.version}`,
    `{{ $value | humanizePercentage }} of its requests fail, over ${formatPercent(margin)} more than the stable version's.`,
  );
}

function metricAlert(stable: Series, canary: Series, comparison: MetricComparison): AlertRule {
  const [ours, theirs] = [
    metricMean(canary, comparison.metric, METRIC_WINDOW),
    metricMean(stable, comparison.metric, METRIC_WINDOW),
  ];
  const worse = comparison.higherIsBetter
    ? `(${ours}) < ${SAME_MODEL} ${factor(1 - comparison.margin)} * (${theirs})`
    : `(${ours}) > ${SAME_MODEL} ${factor(1 + comparison.margin)} * (${theirs})`;
  return alert(
    "SlipwayCanaryWorse",
    worse,
    `${canary.model} ${canary.version} is worse than ${stable.version} on ${comparison.metric}`,
    `Its mean ${comparison.metric} is {{ $value | humanize }}, over ${formatPercent(comparison.margin)} worse than the stable version's.`,
    { metric: comparison.metric },
  );
}

function alert(
  name: string,
  expr: string,
  summary: string,
  description: string,
  labels: Record<string, string> = {},
): AlertRule {
  return {
    alert: name,
    expr,
    for: "2m",
    labels: { severity: "critical", ...labels },
    annotations: { summary, description },
  };
}

const factor = (value: number) => Number(value.toPrecision(6));
