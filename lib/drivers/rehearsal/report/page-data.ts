import type { RehearsalReport } from "./report";
import type { Series } from "./series";

/** A moment that every picture marks with a line. */
export interface PageMark {
  readonly at: number;
  readonly kind: "stage" | "fault" | "good" | "bad";
  readonly label: string;
}

/** What the pictures are drawn from. */
export interface PageData {
  /** Version of each track. */
  readonly stable: string;
  readonly canary: string;
  /** Seconds. */
  readonly latencyLimit: number | null;
  readonly errorLimit: number | null;
  /** By gate: what it asks for, in words. */
  readonly gates: Readonly<Record<string, string>>;
  readonly marks: readonly PageMark[];
  readonly series: Series;
}

/** What the pictures of a report are drawn from. */
export function pageData(report: RehearsalReport): PageData {
  const { stable, canary, objectives, series } = report;
  return {
    stable: stable.version,
    canary: canary.version,
    latencyLimit: objectives.latencySeconds ?? null,
    errorLimit: objectives.errorRate ?? null,
    gates: report.gateWords,
    marks: marksOf(report),
    series,
  };
}

function marksOf({ stages, settings, rolloutSeconds, outcome, drill }: RehearsalReport): PageMark[] {
  const begun = stages.filter(({ number, weight }) => number > 0 && weight > 0);
  const end = {
    promoted: drill ? "promoted, then the drill" : "promoted",
    "rolled-back": "rolled back",
    paused: "paused",
  }[outcome];
  const marks: PageMark[] = [
    ...begun.map(({ from, weight }) => ({ at: from, kind: "stage" as const, label: `${weight} %` })),
    ...settings.faults.map(({ at, track }) => ({ at, kind: "fault" as const, label: `fault in ${track}` })),
    { at: rolloutSeconds, kind: outcome === "promoted" ? "good" : "bad", label: end },
  ];
  return marks.sort((a, b) => a.at - b.at);
}
