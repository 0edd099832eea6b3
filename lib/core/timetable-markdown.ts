import type { Timetable, TimetableStage } from "./timetable";
import { formatDuration } from "./values/duration";

/** A timetable as Markdown, fit for a pull request. */
export function timetableMarkdown(timetable: Timetable): string {
  const { title, stages, current, notes } = timetable;
  const tracks = Object.keys(stages[0]?.weights ?? {});
  const head = ["stage", ...tracks, "from – until", "gates to leave it", "if one fails"];
  const rows = stages.map((stage) => row(stage, tracks, stage.number === current));
  return [`### ${title}`, "", ...table([head, ...rows]), "", ...notes.map((note) => `- ${note}`), ""].join("\n");
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

/** Rows as a Markdown table whose source is aligned as well: it is read in terminals too. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body.map(line)];
}
