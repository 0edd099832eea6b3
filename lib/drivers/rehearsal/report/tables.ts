import { formatCount, formatLatency, formatMean, formatShare, formatTime } from "../figures";
import type { RehearsalReport, StageReport, VersionReport } from "./report";

/** A table as every format shows it. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The timetable as it happened. */
export function stageTable({ stages, canary, settings }: RehearsalReport): Table {
  const row = (stage: StageReport) => {
    const lasted = stage.until - stage.from;
    return [
      String(stage.number),
      `${stage.weight} %`,
      formatTime(stage.from),
      formatTime(lasted),
      stage.hold === undefined ? "–" : formatTime(stage.hold),
      formatTime(lasted / settings.speed),
      formatCount(stage.canaryRequests),
      stage.waited ? "samples" : "time",
    ];
  };
  return {
    head: [
      "stage",
      `weight of ${canary.version}`,
      "from",
      "lasted",
      "hold",
      "real time",
      "canary requests",
      "bound by",
    ],
    rows: stages.map(row),
  };
}

/** What each version did. */
export function trackTable({ stable, canary, settings }: RehearsalReport): Table {
  const metrics = [...new Set([...Object.keys(stable.metrics), ...Object.keys(canary.metrics)])];
  const row = (track: VersionReport) => [
    track.version,
    formatCount(track.requests),
    formatCount(track.errors),
    formatShare(track.requests === 0 ? undefined : track.errors / track.requests),
    ...(["p50", "p95", "p99"] as const).map((each) => formatLatency(track.latency?.[each])),
    ...metrics.map((name) => formatMean(track.metrics[name]?.mean)),
    ...metrics.map((name) => formatCount(track.metrics[name]?.count ?? 0)),
  ];
  return {
    head: [
      "version",
      "requests",
      "errors",
      "error rate",
      "p50",
      "p95",
      "p99",
      ...metrics,
      ...metrics.map((name) => (name === settings.labelMetric ? "labels" : `values of ${name}`)),
    ],
    rows: [row(stable), row(canary)],
  };
}
