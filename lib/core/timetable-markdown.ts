import { formatDuration } from "./format";
import { markdownTable } from "./markdown-table";
import type { Timetable, TimetableStage } from "./timetable";

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
  const [range, copied] = [ranges?.[track], mirrors?.[track]];
  if (copied !== undefined) return `copies of ${copied}%`;
  return range === undefined ? `${weights[track] ?? 0}%` : `${range.least} – ${range.most}%`;
}

function period({ number, period: inWords, fromSeconds: from, untilSeconds: until }: TimetableStage): string {
  if (inWords !== undefined) return inWords;
  if (number === 0) return "before";
  return `${formatDuration(from)} – ${until === undefined ? "" : formatDuration(until)}`;
}
