import { formatCount, formatElapsed, formatLatency, formatNumber, formatShare } from "../../../core/format";
import { DIFFERENCE, type Estimate } from "./estimate";
import type { RehearsalReport, StageReport, TrackReport } from "./report";

/** A table as every format shows it. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether the last column is prose and no figure. */
  readonly prose?: boolean;
}

/** A split that moves all the time would fill pages: of more stages than this, those in the middle are left out. */
const MOST_STAGES = 16;

/** The timetable as it happened. */
export function stageTable({ stages, tracks: [home, ...trials], settings }: RehearsalReport): Table {
  // With two tracks the one's share says the other's.
  const shown = trials.length === 1 ? trials : [home, ...trials];
  const row = (stage: StageReport) => {
    const lasted = stage.until - stage.from;
    return [
      String(stage.number),
      ...shown.map((track) => shareWords(stage, track)),
      formatElapsed(stage.from),
      formatElapsed(lasted),
      formatElapsed(lasted / settings.speed),
      ...shown.map(({ track }) => formatCount(stage.requests[track] ?? 0)),
      stage.waited ? "samples" : "time",
    ];
  };
  return {
    head: [
      "stage",
      ...shown.map(({ version }) => `share of ${version}`),
      "from",
      "lasted",
      "real time",
      ...shown.map(({ version }) => `requests to ${version}`),
      "bound by",
    ],
    rows: shortened(stages.map(row)),
  };
}

function shareWords({ weights, mirrors }: StageReport, { track }: TrackReport): string {
  const copies = mirrors?.[track] ?? 0;
  return copies > 0 ? `copy ${copies}%` : `${weights[track] ?? 0}%`;
}

function shortened(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  if (rows.length <= MOST_STAGES) return rows;
  const half = MOST_STAGES / 2;
  const gap = rows[half]?.map((_, column) => (column === 0 ? "…" : "")) ?? [];
  return [...rows.slice(0, half), gap, ...rows.slice(1 - half)];
}

/** What each gate had seen at the end. */
export function gateTable({ gates, gateWords }: RehearsalReport): Table {
  return {
    head: ["gate", "verdict", "evidence of harm", "figures"],
    prose: true,
    rows: gates.map(({ gate, verdict, logEvidence, logLimit, summary }) => [
      gateWords[gate] ?? gate,
      verdict.replaceAll("-", " "),
      formatShare(Math.max(0, logEvidence / logLimit)),
      summary,
    ]),
  };
}

/** What an A/B test says of its variants. */
export function resultTable({ results, tracks }: RehearsalReport): Table {
  return {
    head: ["variant", "verdict", "figures"],
    prose: true,
    rows: results.map(({ variant, verdict, summary }) => [
      tracks.find(({ track }) => track === variant)?.version ?? variant,
      verdict.replaceAll("-", " "),
      summary,
    ]),
  };
}

/** How the outputs of a shadow differ from the live version's. */
export function outputTable({ comparison }: RehearsalReport): Table {
  return {
    head: ["output", "compared", "agree", "mean difference", "largest difference"],
    rows: (comparison?.outputs ?? []).map((output) => [
      output.name,
      formatCount(output.compared),
      formatShare(output.compared === 0 ? undefined : output.agreed / output.compared),
      formatNumber(output.mean_difference ?? undefined),
      formatNumber(output.largest_difference ?? undefined),
    ]),
  };
}

/** What each version did. */
export function trackTable({ tracks, settings }: RehearsalReport): Table {
  const names = [...new Set(tracks.flatMap((track) => Object.keys(track.metrics)))];
  // The table of a test's results has it, with its verdict.
  const metrics = names.filter((name) => name !== DIFFERENCE);
  // The arms of a bandit have no roles.
  const withRoles = tracks.some(({ role, version }) => role !== version);
  const row = (track: TrackReport) => [
    track.version,
    ...(withRoles ? [track.role] : []),
    formatCount(track.requests),
    formatCount(track.errors),
    formatShare(track.requests === 0 ? undefined : track.errors / track.requests),
    ...(["p50", "p95", "p99"] as const).map((each) => formatLatency(track.latency?.[each])),
    ...metrics.flatMap((name) => [estimateWords(track.metrics[name]), formatCount(track.metrics[name]?.count ?? 0)]),
  ];
  return {
    head: [
      "version",
      ...(withRoles ? ["role"] : []),
      "requests",
      "errors",
      "error rate",
      "p50",
      "p95",
      "p99",
      ...metrics.flatMap((name) => [name, name === settings.labelMetric ? "labels" : "values"]),
    ],
    rows: tracks.map(row),
  };
}

/** A mean and the bounds of its 95% interval. */
function estimateWords(estimate: Estimate | undefined): string {
  if (estimate === undefined) return "–";
  const [low, high] = [estimate.low, estimate.high].map((bound) => formatNumber(Number(bound.toFixed(4))));
  return `${formatNumber(estimate.mean)} (${low} – ${high})`;
}
