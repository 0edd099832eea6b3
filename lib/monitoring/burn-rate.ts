import { formatPercent, roundComputed } from "../core/format";
import type { AlertRule, RecordingRule } from "../kubernetes/prometheus-rule";
import { enoughFailures, errorRatio } from "./promql";
import { selector, type SeriesWith } from "./series";

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

const recordName = (window: string) => `slipway:inference_errors:ratio_rate${window}`;

/** The recorded error ratio of a version over one of the windows. */
export function recordedErrorRatio(series: SeriesWith<"requests">, window: "5m"): string {
  return `${recordName(window)}${selector(series)}`;
}

/** The error ratio over every window that the alerts use. */
export function errorRatioRecords(series: SeriesWith<"requests">): RecordingRule[] {
  return WINDOWS.map((window) => ({ record: recordName(window), expr: errorRatio(series, window) }));
}

/** Alerts on the error budget: fast burns page, slow ones open a ticket. */
export function burnRateAlerts(series: SeriesWith<"requests">, objective: number): AlertRule[] {
  return BURN_RATES.map(({ severity, long, short, factor }) => {
    const limit = roundComputed(factor * objective);
    const over = (window: string) => `${recordName(window)}${selector(series)} > ${limit}`;
    return {
      alert: "SlipwayErrorBudgetBurn",
      expr: `${over(long)} and ${over(short)} and ${enoughFailures(series, long)}`,
      for: "0s",
      labels: { severity, window: long },
      annotations: {
        summary: `${series.model} ${series.version} has an error budget burn rate of ${factor}`,
        description: `Over ${long} and ${short}, {{ $value | humanizePercentage }} of the requests failed; the objective allows ${formatPercent(objective)} in the long run.`,
      },
    };
  });
}
