import { outcomeWords, isGoodEnd } from "./outcome";
import type { RehearsalReport } from "./report";
import type { Series } from "./series";

/** A moment that every picture marks with a line. */
export interface PageMark {
  readonly at: number;
  readonly kind: "stage" | "fault" | "drill" | "good" | "bad";
  readonly label: string;
}

/** What the pictures are drawn from. */
export interface PageData {
  readonly tracks: readonly { readonly name: string; readonly version: string }[];
  /** Seconds. */
  readonly latencyLimit: number | null;
  readonly errorLimit: number | null;
  /** By gate: what it asks for, in words. */
  readonly gates: Readonly<Record<string, string>>;
  readonly marks: readonly PageMark[];
  readonly series: Series;
}

/** More stages than this are no news each. */
const MOST_STAGE_MARKS = 12;

/** What the pictures of a report are drawn from. */
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
    ...settings.faults.map(({ at, track }) => ({ at, kind: "fault" as const, label: `fault in ${track}` })),
    { at: rolloutSeconds, kind: isGoodEnd(outcome) ? "good" : "bad", label: outcomeWords(outcome) },
    ...(drill ? [{ at: drill.at, kind: "drill" as const, label: `drill: back to ${tracks[0].version}` }] : []),
  ];
  return marks.sort((a, b) => a.at - b.at);
}

function stageMarks({ stages, tracks: [, ...trials] }: RehearsalReport): PageMark[] {
  const begun = stages.filter(({ from }) => from > 0);
  if (begun.length > MOST_STAGE_MARKS) return [];
  return begun.map(({ from, weights, mirrors }) => {
    const shares = trials.map(({ track }) => weights[track] || mirrors?.[track] || 0);
    return { at: from, kind: "stage", label: `${shares.join(" / ")}%` };
  });
}
