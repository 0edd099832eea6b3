import { formatPercent, roundComputed } from "../core/format";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import {
  enoughFailures,
  enoughRequests,
  enoughValues,
  errorRatio,
  latencyQuantile,
  metricMean,
  type Series,
} from "./promql";

const WINDOW = "5m";
/** Feedback comes late and thinly. */
const METRIC_WINDOW = "1h";
/** Both sides of a comparison are two versions of one model; `group_left` keeps the trial's version on the alert. */
const SAME_MODEL = "on (namespace, model) group_left ()";
/** For a second condition, which holds on the baseline version. */
const AND_OF_BASELINE = "and on (namespace, model)";

/** A business metric that one version must not have worse than the other. */
export interface MetricComparison {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** Relative. */
  readonly margin: number;
  /** Values of each version under which nothing is compared. */
  readonly minimumSamples: number;
}

/** What is compared between two versions; margins are relative. */
export interface Comparisons {
  readonly latencyMargin?: number | undefined;
  /** A p95 up to this is never too slow. */
  readonly latencyFloorSeconds: number;
  readonly errorRateMargin?: number | undefined;
  /** Share of failed requests under which no comparison matters. */
  readonly errorRateFloor: number;
  /** Requests to each version under which their latency is not compared. */
  readonly minimumSamples: number;
  readonly metrics: readonly MetricComparison[];
}

/** Alerts for people on what the gates compare, so that a rollout without a controller is watched as well. */
export function comparisonRules(baseline: Series, trial: Series, comparisons: Comparisons): RuleGroup[] {
  const { latencyMargin, errorRateMargin, errorRateFloor, metrics } = comparisons;
  const rules = [
    ...(latencyMargin === undefined ? [] : [latencyAlert(baseline, trial, latencyMargin, comparisons)]),
    ...(errorRateMargin === undefined ? [] : [errorAlert(baseline, trial, errorRateMargin, errorRateFloor)]),
    ...metrics.map((metric) => metricAlert(baseline, trial, metric)),
  ];
  return [{ name: `slipway.${trial.model}.${baseline.version}-${trial.version}`, rules }];
}

function latencyAlert(baseline: Series, trial: Series, margin: number, comparisons: Comparisons): AlertRule {
  const { latencyFloorSeconds, minimumSamples } = comparisons;
  const [ours, theirs] = [latencyQuantile(trial, 0.95, WINDOW), latencyQuantile(baseline, 0.95, WINDOW)];
  const enough = (series: Series) => enoughRequests(series, WINDOW, minimumSamples);
  return alert(
    trial,
    "SlipwayVersionSlower",
    `(${ours} > ${SAME_MODEL} ${roundComputed(1 + margin)} * ${theirs}) > ${latencyFloorSeconds} and ${enough(trial)} ${AND_OF_BASELINE} ${enough(baseline)}`,
    `${trial.model} ${trial.version} is slower than ${baseline.version}`,
    `Its p95 is {{ $value | humanizeDuration }}, over ${formatPercent(margin)} more than ${baseline.version}'s.`,
  );
}

function errorAlert(baseline: Series, trial: Series, margin: number, floor: number): AlertRule {
  const [ours, theirs] = [errorRatio(trial, WINDOW), errorRatio(baseline, WINDOW)];
  // A baseline version without errors would make any failure of the trial an alert: hence the floor.
  return alert(
    trial,
    "SlipwayVersionFailsMore",
    `((${ours}) > ${SAME_MODEL} ${roundComputed(1 + margin)} * (${theirs})) > ${floor} and ${enoughFailures(trial, WINDOW)}`,
    `${trial.model} ${trial.version} fails more often than ${baseline.version}`,
    `{{ $value | humanizePercentage }} of its requests fail, over ${formatPercent(margin)} more than ${baseline.version}'s.`,
  );
}

function metricAlert(baseline: Series, trial: Series, comparison: MetricComparison): AlertRule {
  const { metric, higherIsBetter, margin, minimumSamples } = comparison;
  const [ours, theirs] = [metricMean(trial, metric, METRIC_WINDOW), metricMean(baseline, metric, METRIC_WINDOW)];
  const enough = (series: Series) => enoughValues(series, metric, METRIC_WINDOW, minimumSamples);
  const worse = higherIsBetter
    ? `(${ours}) < ${SAME_MODEL} ${roundComputed(1 - margin)} * (${theirs})`
    : `(${ours}) > ${SAME_MODEL} ${roundComputed(1 + margin)} * (${theirs})`;
  return alert(
    trial,
    "SlipwayVersionWorse",
    `${worse} and ${enough(trial)} ${AND_OF_BASELINE} ${enough(baseline)}`,
    `${trial.model} ${trial.version} is worse than ${baseline.version} on ${metric}`,
    `Its mean ${metric} is {{ printf "%.3g" $value }}, over ${formatPercent(margin)} worse than ${baseline.version}'s.`,
    { metric },
  );
}

function alert(
  { version }: Series,
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
    // The version is in the series as well; here it tells the alerts on several versions apart.
    labels: { severity: "critical", version, ...labels },
    annotations: { summary, description },
  };
}
