import { formatDuration, formatPercent } from "../core/format";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { burnRateAlerts, errorRatioAbove, errorRatioRecords, hasErrorCounts } from "./burn-rate";
import { asVersion, gatewayLatencyAbove } from "./gateway";
import type { Objectives } from "./objectives";
import { latencyQuantile } from "./promql";
import { grouping, hasGateway, hasMetrics, selector, type Series } from "./series";

const WINDOW = "5m";

/** How many replicas a version should have. */
export interface Presence {
  /** Replicas that should be ready. */
  readonly replicas: number;
  /** How long replicas may take to become ready, in seconds. */
  readonly withinSeconds: number;
}

/** Rules that monitor the objectives, the error budget and the replicas of one version, as far as there are metrics. */
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
  const slow = latencyP95Seconds === undefined ? [] : latencyAbove(series, latencyP95Seconds);
  if (latencyP95Seconds === undefined || slow.length === 0) return [];
  return [
    {
      alert: "SlipwayLatencyP95High",
      expr: slow.join(" or "),
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: `${series.model} ${series.version} is slower than its objective`,
        description: `Its p95 is {{ $value | humanizeDuration }}; the objective is ${formatDuration(latencyP95Seconds)}.`,
      },
    },
  ];
}

/** Conditions on the p95 of one version: as callers see it through the gateway, and in the server. */
function latencyAbove(series: Series, limitSeconds: number): string[] {
  const atGateway = hasGateway(series) ? gatewayLatencyAbove(series, 0.95, limitSeconds, WINDOW) : undefined;
  return [
    ...(hasGateway(series) && atGateway !== undefined ? [asVersion(series, atGateway)] : []),
    ...(hasMetrics(series, "latency") ? [`${latencyQuantile(series, 0.95, WINDOW)} > ${limitSeconds}`] : []),
  ];
}

function errorAlerts(series: Series, { errorRate }: Objectives): AlertRule[] {
  if (errorRate === undefined || !hasErrorCounts(series)) return [];
  return [
    {
      alert: "SlipwayErrorRateHigh",
      expr: errorRatioAbove(series, errorRate),
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
  if (!hasMetrics(series, "ready")) return [];
  const ready = `${series.metrics.ready}${selector(series)}`;
  return [
    {
      alert: "SlipwayNoData",
      expr: `absent(${ready})`,
      for: "10m",
      labels: { severity: "critical" },
      annotations: {
        summary: `${series.model} ${series.version} is not scraped by Prometheus`,
        description:
          "Prometheus has no data of any replica, so no other alert on this version can fire. Check the labels of the ServiceMonitor and the pods.",
      },
    },
    {
      alert: "SlipwayNotReady",
      expr: `sum by (${grouping(series)}) (${ready}) < ${replicas}`,
      for: formatDuration(withinSeconds),
      labels: { severity: "warning" },
      annotations: {
        summary: `${series.model} ${series.version} has too few ready replicas`,
        description: `Replicas with the model loaded and warm: {{ $value }}. At least ${replicas} should be ready within ${formatDuration(withinSeconds)} of their start.`,
      },
    },
  ];
}
