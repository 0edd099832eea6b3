import { formatDuration } from "./format";
import { markdownTable } from "./markdown-table";
import type { Timetable, TimetableStage } from "./timetable";

/** A timetable as Markdown, for a pull request. */
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
  const { number, gates, onFailure } = stage;
  return [
    isCurrent ? `**${number}** (declared)` : String(number),
    ...tracks.map((track) => share(stage, track)),
    period(stage),
    gates.join("; "),
    onFailure,
  ];
}

function share({ weights, ranges, mirrors }: TimetableStage, track: string): string {
  const [range, mirrored] = [ranges?.[track], mirrors?.[track]];
  if (mirrored !== undefined) return `copies of ${mirrored}%`;
  return range === undefined ? `${weights[track] ?? 0}%` : `${range.least} – ${range.most}%`;
}

function period({ number, period: description, fromSeconds: from, untilSeconds: until }: TimetableStage): string {
  if (description !== undefined) return description;
  if (number === 0) return "before";
  return `${formatDuration(from)} – ${until === undefined ? "" : formatDuration(until)}`;
}
