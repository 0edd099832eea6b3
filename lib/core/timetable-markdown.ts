import { markdownTable } from "./markdown-table";
import type { Timetable, TimetableStage } from "./timetable";
import { formatDuration } from "./values/duration";

/** A timetable as Markdown, fit for a pull request. */
export function timetableMarkdown(timetable: Timetable): string {
  const { title, stages, current, notes } = timetable;
  const tracks = Object.keys(stages[0]?.weights ?? {});
  const head = ["stage", ...tracks, "from – until", "gates to leave it", "if one fails"];
  const rows = stages.map((stage) => row(stage, tracks, stage.number === current));
  return [`### ${title}`, "", ...markdownTable([head, ...rows]), "", ...notes.map((note) => `- ${note}`), ""].join(
    "\n",
  );
}

function row(stage: TimetableStage, tracks: readonly string[], isCurrent: boolean): string[] {
  const { number, weights, fromSeconds, untilSeconds, gates, onFailure } = stage;
  return [
    isCurrent ? `**${number}** (declared)` : String(number),
    ...tracks.map((track) => `${weights[track] ?? 0} %`),
    period(number, fromSeconds, untilSeconds),
    gates.join("; "),
    onFailure,
  ];
}

function period(number: number, from: number, until: number | undefined): string {
  if (number === 0) return "before";
  return `${formatDuration(from)} – ${until === undefined ? "" : formatDuration(until)}`;
}
