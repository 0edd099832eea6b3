import { formatPercent, roundComputed } from "../core/format";
import type { AlertRule, RecordingRule } from "../kubernetes/prometheus-rule";
import { byNamespace, gatewayErrorRatio, gatewayFailures } from "./gateway";
import { enoughFailures, errorRatio, MIN_FAILURES } from "./promql";
import { hasGateway, hasMetrics, selector, type GatewaySeries, type Series } from "./series";

/** A pair of windows of the multi-window burn-rate alert (Google SRE workbook, 30-day budget). */
interface BurnRate {
  readonly severity: "critical" | "warning";
  readonly long: string;
  readonly short: string;
  /** How many times faster than sustainable the budget burns. */
  readonly factor: number;
}

const BURN_RATES: readonly BurnRate[] = [
  { severity: "critical", long: "1h", short: "5m", factor: 14.4 },
  { severity: "critical", long: "6h", short: "30m", factor: 6 },
  { severity: "warning", long: "1d", short: "2h", factor: 3 },
  { severity: "warning", long: "3d", short: "6h", factor: 1 },
];

const FASTEST = Math.max(...BURN_RATES.map(({ factor }) => factor));

/** From this objective on, the fastest burn rate needs more than every request to fail: its alert could never fire. */
export const LARGEST_ERROR_OBJECTIVE = 1 / FASTEST;

const WINDOWS = [...new Set(BURN_RATES.flatMap(({ short, long }) => [short, long]))];

/** Error ratios of a version, as one side counts its requests: the server, or the gateway in front of it. */
interface ErrorCounts {
  /** Start of the names of the recorded ratios. */
  readonly record: string;
  /** Labels of the recorded ratios that the expressions do not have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The ratio over a window. */
  ratio(window: string): string;
  /** A condition to add to one on the ratio: true where enough requests failed for it to mean something. */
  enoughFailures(window: string): string;
}

/**
 * Both sides count, because each sees what the other does not: only the gateway sees requests that never reach the server,
 * and only the server sees requests that do not come through the gateway. A ratio is always from one side alone.
 */
function errorCounts(series: Series): ErrorCounts[] {
  const byServer = hasMetrics(series, "requests") && {
    record: "slipway:inference_errors:ratio_rate",
    ratio: (window: string) => errorRatio(series, window),
    enoughFailures: (window: string) => `and ${enoughFailures(series, window)}`,
  };
  return [...(hasGateway(series) ? [countsOfGateway(series)] : []), ...(byServer ? [byServer] : [])];
}

function countsOfGateway(series: GatewaySeries): ErrorCounts {
  const { model, version, metrics } = series;
  return {
    record: "slipway:gateway_errors:ratio_rate",
    labels: { [metrics.labels.model]: model, [metrics.labels.version]: version },
    ratio: (window) => byNamespace(series, gatewayErrorRatio(series, window)),
    enoughFailures: (window) =>
      `and on (namespace) ${byNamespace(series, `${gatewayFailures(series, "increase", window)} >= ${MIN_FAILURES}`)}`,
  };
}

/** Whether anything counts the requests to a version, so that there can be alerts on its errors. */
export function hasErrorCounts(series: Series): boolean {
  return errorCounts(series).length > 0;
}

/** True where the error ratio of a version over five minutes is above an objective, as the gateway or the server counts. */
export function errorRatioAbove(series: Series, objective: number): string {
  return errorCounts(series)
    .map(({ record }) => `${record}5m${selector(series)} > ${objective}`)
    .join(" or ");
}

/** The error ratios over every window that the alerts use. */
export function errorRatioRecords(series: Series): RecordingRule[] {
  return errorCounts(series).flatMap(({ record, ratio, labels }) =>
    WINDOWS.map((window) => ({ record: `${record}${window}`, expr: ratio(window), ...(labels && { labels }) })),
  );
}

/** Alerts on the error budget: fast burns page, slow ones open a ticket. */
export function burnRateAlerts(series: Series, objective: number): AlertRule[] {
  return BURN_RATES.map(({ severity, long, short, factor }) => {
    const limit = roundComputed(factor * objective);
    const burns = errorCounts(series).map(({ record, enoughFailures: andEnough }) => {
      const over = (window: string) => `${record}${window}${selector(series)} > ${limit}`;
      return `(${over(long)} and ${over(short)} ${andEnough(long)})`;
    });
    return {
      alert: "SlipwayErrorBudgetBurn",
      // Both sides have the same labels, so it is one alert, with the ratio that callers see if both are over.
      expr: burns.join(" or "),
      for: "0s",
      labels: { severity, window: long },
      annotations: {
        summary: `${series.model} ${series.version} has an error budget burn rate of ${factor}`,
        description: `Over ${long} and ${short}, {{ $value | humanizePercentage }} of the requests failed; the objective allows ${formatPercent(objective)} in the long run.`,
      },
    };
  });
}
