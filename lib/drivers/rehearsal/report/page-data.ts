import { ALL_TRACKS } from "../fault-settings";
import { formatOutcome, isSuccess, type RehearsalReport } from "./report";
import type { Series } from "./series";

/** A point in time that every chart marks with a line. */
export interface PageMark {
  readonly at: number;
  readonly kind: "stage" | "fault" | "drill" | "good" | "bad";
  readonly label: string;
}

/** What the page draws its charts from. */
export interface PageData {
  readonly tracks: readonly { readonly name: string; readonly version: string }[];
  /** Seconds. */
  readonly latencyLimit: number | null;
  readonly errorLimit: number | null;
  /** Labels of the gates, by id. */
  readonly gates: Readonly<Record<string, string>>;
  readonly marks: readonly PageMark[];
  readonly series: Series;
}

/** With more stages, none is marked. */
const MAX_STAGE_MARKS = 12;

/** The data of a report's charts. */
export function pageData(report: RehearsalReport): PageData {
  const { tracks, objectives, series } = report;
  return {
    tracks: tracks.map(({ track, version }) => ({ name: track, version })),
    latencyLimit: objectives.latencySeconds ?? null,
    errorLimit: objectives.errorRate ?? null,
    gates: report.gateWords,
    marks: marksOf(report),
    series,
  };
}

function marksOf(report: RehearsalReport): PageMark[] {
  const { settings, rolloutSeconds, outcome, drill, tracks } = report;
  const marks: PageMark[] = [
    ...stageMarks(report),
    ...settings.faults.map(({ at, track }) => ({
      at,
      kind: "fault" as const,
      label: `fault in ${track === ALL_TRACKS ? "all tracks" : track}`,
    })),
    { at: rolloutSeconds, kind: isSuccess(outcome) ? "good" : "bad", label: formatOutcome(outcome) },
    ...(drill ? [{ at: drill.at, kind: "drill" as const, label: `rollback drill: ${tracks[0].version}` }] : []),
  ];
  return marks.sort((a, b) => a.at - b.at);
}

function stageMarks({ stages, tracks: [, ...candidates] }: RehearsalReport): PageMark[] {
  const begun = stages.filter(({ from }) => from > 0);
  if (begun.length > MAX_STAGE_MARKS) return [];
  return begun.map(({ from, weights, mirrors }) => {
    const shares = candidates.map(({ track }) => weights[track] || mirrors?.[track] || 0);
    return { at: from, kind: "stage", label: `${shares.join(" / ")}%` };
  });
}
