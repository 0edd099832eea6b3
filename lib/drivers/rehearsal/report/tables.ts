import { formatCount, formatElapsed, formatLatency, formatNumber, formatShare, NO_VALUE } from "../../../core/format";
import { DIFFERENCE, type Estimate } from "./estimate";
import type { RehearsalReport, StageReport, TrackReport } from "./report";

/** A table, in a form that every format can show. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether the last column is text, not a figure. */
  readonly prose?: boolean;
}

/** A split that changes all the time would fill pages: with more stages, those in the middle are omitted. */
const MAX_STAGES = 16;

/** The stages as they happened. */
export function stageTable({ stages, tracks: [baseline, ...candidates], settings }: RehearsalReport): Table {
  // With two tracks, the share of one determines the other's.
  const shown = candidates.length === 1 ? candidates : [baseline, ...candidates];
  const row = (stage: StageReport) => {
    const lasted = stage.until - stage.from;
    return [
      String(stage.number),
      ...shown.map((track) => formatStageShare(stage, track)),
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
      "limited by",
    ],
    rows: shortened(stages.map(row)),
  };
}

function formatStageShare({ weights, mirrors }: StageReport, { track }: TrackReport): string {
  const copies = mirrors?.[track] ?? 0;
  return copies > 0 ? `copy ${copies}%` : `${weights[track] ?? 0}%`;
}

function shortened(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  if (rows.length <= MAX_STAGES) return rows;
  const half = MAX_STAGES / 2;
  const gap = rows[half]?.map((_, column) => (column === 0 ? "…" : "")) ?? [];
  return [...rows.slice(0, half), gap, ...rows.slice(1 - half)];
}

/** The evidence of each gate at the end. */
export function gateTable({ gates, gateWords }: RehearsalReport): Table {
  return {
    head: ["gate", "verdict", "evidence of regression", "figures"],
    prose: true,
    rows: gates.map(({ gate, verdict, logEvidence, logLimit, summary }) => [
      gateWords[gate] ?? gate,
      verdict.replaceAll("-", " "),
      formatShare(evidenceShare(logEvidence / logLimit)),
      summary,
    ]),
  };
}

/** In steps of 0.1%; less evidence, or evidence of the opposite, is none. */
function evidenceShare(share: number): number {
  return Math.max(0, Math.round(share * 1000) / 1000);
}

/** The results of a test's variants. */
export function resultTable({ results, tracks }: RehearsalReport): Table {
  return {
    head: ["variant", "verdict", "figures"],
    prose: true,
    rows: results.map(({ variant, verdict, changedFrom, summary }) => [
      tracks.find(({ track }) => track === variant)?.version ?? variant,
      [verdict, ...(changedFrom === undefined ? [] : [`(was ${changedFrom})`])].join(" ").replaceAll("-", " "),
      summary,
    ]),
  };
}

/** How the outputs of a shadow differ from those of the live version. */
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

/** The results of each version. */
export function trackTable({ tracks, settings }: RehearsalReport): Table {
  const names = [...new Set(tracks.flatMap((track) => Object.keys(track.metrics)))];
  // The table of results shows it with its verdict.
  const metrics = names.filter((name) => name !== DIFFERENCE);
  // Some strategies, such as a bandit, have no roles.
  const withRoles = tracks.some(({ role, version }) => role !== version);
  const row = (track: TrackReport) => [
    track.version,
    ...(withRoles ? [track.role] : []),
    formatCount(track.requests),
    formatCount(track.errors),
    formatShare(track.requests === 0 ? undefined : track.errors / track.requests),
    ...(["p50", "p95", "p99"] as const).map((each) => formatLatency(track.latency?.[each])),
    ...metrics.flatMap((name) => [formatEstimate(track.metrics[name]), formatCount(track.metrics[name]?.count ?? 0)]),
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

/** A mean with its 95% interval. */
function formatEstimate(estimate: Estimate | undefined): string {
  if (estimate === undefined) return NO_VALUE;
  const [low, high] = [estimate.low, estimate.high].map((bound) => formatNumber(roundBound(bound)));
  return `${formatNumber(estimate.mean)} (${low} – ${high})`;
}

/** A bound of 0 can miss it by a rounding error, which would show as an exponent. */
function roundBound(bound: number): number {
  return Math.round(bound * 10_000) / 10_000;
}
