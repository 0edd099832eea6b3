import { formatPercent, roundComputed } from "../core/format";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { failsMore } from "./error-comparison";
import { enoughRequests, enoughValues, latencyQuantile, metricMean, onSameModel } from "./promql";
import { hasMetrics, modelGrouping, type Series, type SeriesWith } from "./series";

const WINDOW = "5m";
/** Longer, because feedback is late and sparse. */
const METRIC_WINDOW = "1h";

/** A business metric that must not be worse on one version than on the other. */
export interface MetricComparison {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** Relative. */
  readonly margin: number;
  /** Values of each version below which nothing is compared. */
  readonly minimumSamples: number;
}

/** What is compared between two versions; margins are relative. */
export interface Comparisons {
  readonly latencyMargin?: number | undefined;
  /** A p95 up to this is never too slow. */
  readonly latencyFloorSeconds: number;
  readonly errorRateMargin?: number | undefined;
  /** Share of failed requests below which no comparison matters. */
  readonly errorRateFloor: number;
  /** Requests to each version below which their latency is not compared. */
  readonly minimumSamples: number;
  readonly metrics: readonly MetricComparison[];
}

/** A version, and the one that it is compared with. */
interface Pair<Version extends Series> {
  readonly candidate: Version;
  readonly baseline: Version;
}

/** Alerts on what the gates compare, so that a rollout without a controller is monitored as well. */
export function comparisonRules(baseline: Series, candidate: Series, comparisons: Comparisons): RuleGroup[] {
  const rules = [
    ...latencyAlerts(baseline, candidate, comparisons),
    ...errorAlerts(baseline, candidate, comparisons),
    ...metricAlerts(baseline, candidate, comparisons),
  ];
  return [{ name: `slipway.${candidate.model}.${baseline.version}-${candidate.version}`, rules }];
}

function latencyAlerts(baseline: Series, candidate: Series, comparisons: Comparisons): AlertRule[] {
  const { latencyMargin, latencyFloorSeconds, minimumSamples } = comparisons;
  if (latencyMargin === undefined || !hasMetrics(baseline, "latency") || !hasMetrics(candidate, "latency")) return [];
  const [candidateP95, baselineP95] = [
    latencyQuantile(candidate, 0.95, WINDOW),
    latencyQuantile(baseline, 0.95, WINDOW),
  ];
  const enough = both({ candidate, baseline }, (series) => enoughRequests(series, WINDOW, minimumSamples));
  return [
    alert(
      candidate,
      "SlipwayVersionSlower",
      `(${candidateP95} > ${onSameModel(candidate)} ${roundComputed(1 + latencyMargin)} * ${baselineP95}) > ${latencyFloorSeconds} and ${enough}`,
      `${candidate.model} ${candidate.version} is slower than ${baseline.version}`,
      `Its p95 is {{ $value | humanizeDuration }}, more than ${formatPercent(latencyMargin)} above that of ${baseline.version}.`,
    ),
  ];
}

function errorAlerts(baseline: Series, candidate: Series, comparisons: Comparisons): AlertRule[] {
  const { errorRateMargin, errorRateFloor } = comparisons;
  if (errorRateMargin === undefined) return [];
  const limits = { factor: roundComputed(1 + errorRateMargin), floor: errorRateFloor };
  const condition = failsMore(baseline, candidate, limits, WINDOW);
  if (condition === undefined) return [];
  return [
    alert(
      candidate,
      "SlipwayVersionFailsMore",
      condition,
      `${candidate.model} ${candidate.version} fails more often than ${baseline.version}`,
      `{{ $value | humanizePercentage }} of its requests fail, more than ${formatPercent(errorRateMargin)} above ${baseline.version}.`,
    ),
  ];
}

function metricAlerts(baseline: Series, candidate: Series, { metrics }: Comparisons): AlertRule[] {
  if (!hasMetrics(baseline, "feedback") || !hasMetrics(candidate, "feedback")) return [];
  return metrics.map((metric) => metricAlert({ candidate, baseline }, metric));
}

function metricAlert(pair: Pair<SeriesWith<"feedback">>, comparison: MetricComparison): AlertRule {
  const { candidate, baseline } = pair;
  const { metric, higherIsBetter, margin, minimumSamples } = comparison;
  const [candidateMean, baselineMean] = [
    metricMean(candidate, metric, METRIC_WINDOW),
    metricMean(baseline, metric, METRIC_WINDOW),
  ];
  const enough = both(pair, (series) => enoughValues(series, metric, METRIC_WINDOW, minimumSamples));
  const worse = higherIsBetter
    ? `(${candidateMean}) < ${onSameModel(candidate)} ${roundComputed(1 - margin)} * (${baselineMean})`
    : `(${candidateMean}) > ${onSameModel(candidate)} ${roundComputed(1 + margin)} * (${baselineMean})`;
  return alert(
    candidate,
    "SlipwayVersionWorse",
    `${worse} and ${enough}`,
    `${candidate.model} ${candidate.version} is worse than ${baseline.version} on ${metric}`,
    `Its mean ${metric} is {{ printf "%.3g" $value }}, more than ${formatPercent(margin)} worse than that of ${baseline.version}.`,
    { metric },
  );
}

/** A condition on both versions; the alert keeps the labels of the candidate. */
function both<Version extends Series>(pair: Pair<Version>, condition: (series: Version) => string): string {
  const { candidate, baseline } = pair;
  return `${condition(candidate)} and on (${modelGrouping(candidate)}) ${condition(baseline)}`;
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
    // The series has the version as well; as a label of the rule it distinguishes the alerts on several versions.
    labels: { severity: "critical", version, ...labels },
    annotations: { summary, description },
  };
}
