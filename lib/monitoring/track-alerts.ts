import { formatDuration, formatPercent } from "../core/format";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { CONTRACT } from "../core/contract";
import { burnRateAlerts, errorRatioRecords, recordedErrorRatio } from "./burn-rate";
import type { Objectives } from "./objectives";
import { GROUPING, latencyQuantile, selector, type Series } from "./promql";

const WINDOW = "5m";

/** What is to be there of a version. */
export interface Presence {
  /** Replicas that should be ready. */
  readonly replicas: number;
  /** How long replicas may take until they are, in seconds. */
  readonly withinSeconds: number;
}

/** Rules that watch one version: its objectives, its error budget, and whether it is there at all. */
export function trackRules(series: Series, objectives: Objectives, presence: Presence): RuleGroup[] {
  const alerts = [
    ...latencyAlerts(series, objectives),
    ...errorAlerts(series, objectives),
    ...presenceAlerts(series, presence),
  ];
  const records = objectives.errorRate === undefined ? [] : errorRatioRecords(series);
  return [{ name: `slipway.${series.model}.${series.version}`, rules: [...records, ...alerts] }];
}

function latencyAlerts(series: Series, { latencyP95Seconds }: Objectives): AlertRule[] {
  if (latencyP95Seconds === undefined) return [];
  return [
    {
      alert: "SlipwayLatencyP95High",
      expr: `${latencyQuantile(series, 0.95, WINDOW)} > ${latencyP95Seconds}`,
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: `${series.model} ${series.version} is slower than its objective`,
        description: `95% of the requests take up to {{ $value | humanizeDuration }}; the objective is ${formatDuration(latencyP95Seconds)}.`,
      },
    },
  ];
}

function errorAlerts(series: Series, { errorRate }: Objectives): AlertRule[] {
  if (errorRate === undefined) return [];
  return [
    {
      alert: "SlipwayErrorRateHigh",
      expr: `${recordedErrorRatio(series, WINDOW)} > ${errorRate}`,
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: `${series.model} ${series.version} fails more often than its objective`,
        description: `{{ $value | humanizePercentage }} of the requests fail; the objective is ${formatPercent(errorRate)}.`,
      },
    },
    ...burnRateAlerts(series, errorRate),
  ];
}

function presenceAlerts(series: Series, { replicas, withinSeconds }: Presence): AlertRule[] {
  const ready = `${CONTRACT.metrics.modelReady}${selector(series)}`;
  return [
    {
      alert: "SlipwayNoData",
      expr: `absent(${ready})`,
      for: "10m",
      labels: { severity: "critical" },
      annotations: {
        summary: `${series.model} ${series.version} is not seen by Prometheus`,
        description:
          "No replica is scraped: no other alert on this version can fire. Check the ServiceMonitor's labels and the pods.",
      },
    },
    {
      alert: "SlipwayNotReady",
      expr: `sum by (${GROUPING}) (${ready}) < ${replicas}`,
      for: formatDuration(withinSeconds),
      labels: { severity: "warning" },
      annotations: {
        summary: `${series.model} ${series.version} has too few ready replicas`,
        description: `Replicas with the model loaded and warm: {{ $value }}. There should be at least ${replicas}, within ${formatDuration(withinSeconds)} of their start.`,
      },
    },
  ];
}
