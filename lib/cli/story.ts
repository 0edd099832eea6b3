import { readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { formatFault } from "../drivers/rehearsal/fault-settings";
import { formatOutcome, type RehearsalReport } from "../drivers/rehearsal/report/report";
import type { RehearsalSettings } from "../drivers/rehearsal/settings";
import type { Outcome } from "../strategies/strategy";

/** An example as it was rehearsed. */
export interface Story {
  readonly file: string;
  readonly putIn: string;
  readonly expected: Outcome;
  /** Version that should have most of the traffic at the end. */
  readonly leader?: string | undefined;
  readonly report: RehearsalReport;
}

const PROPS_FILE = /(^|\.)props\.ts$/;

/** The props files of the examples in a folder: of each example the good one first. */
export function exampleFiles(folder: string): string[] {
  const examples = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return examples
    .map(({ name }) => join(folder, name))
    .sort()
    .flatMap((example) =>
      readdirSync(example)
        .filter((file) => PROPS_FILE.test(file))
        .sort((a, b) => Number(a !== "props.ts") - Number(b !== "props.ts") || a.localeCompare(b))
        .map((file) => join(example, file)),
    );
}

/** Where the reports of an example go: a folder of its own for each of its props files. */
export function storyFolder(file: string): string {
  const variant = basename(file).replace(PROPS_FILE, "");
  return join("rehearsal", "examples", basename(dirname(file)), variant === "" ? "good" : variant);
}

/** What is wrong in an example, in words. */
export function putInWords({ faults, flaw, feedbackNoise }: RehearsalSettings): string {
  const noisy = Object.values(feedbackNoise).some((share) => share > 0);
  const parts = [
    ...(flaw === undefined ? [] : [flaw]),
    ...faults.map(formatFault),
    ...(noisy ? ["feedback twice, for nobody and for elsewhere"] : []),
  ];
  return parts.join("; ") || "nothing";
}

/** Whether an example ended as it should, and nobody lost a request. */
export function isAsExpected({ report, expected, leader }: Story): boolean {
  const most = [...report.tracks].sort((a, b) => b.weight - a.weight)[0]?.version;
  return report.outcome === expected && report.requests.lost === 0 && (leader === undefined || leader === most);
}

/** All examples as a table, one line each. */
export function storyLines(stories: readonly Story[]): string[] {
  const rows = stories.map(storyRow);
  const head = ["example", "strategy", "put in", "verdict", "requests", "lost", "seconds", ""];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const numbers = ["requests", "lost", "seconds"];
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numbers.includes(head[column] ?? "") ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function storyRow(story: Story): string[] {
  const { file, putIn, expected, leader, report } = story;
  const { sent, lost } = report.requests;
  return [
    relative(join(dirname(file), ".."), file),
    report.strategy,
    putIn,
    formatOutcome(report.outcome),
    sent.toLocaleString("en-US"),
    String(lost),
    report.wallSeconds.toFixed(0),
    isAsExpected(story)
      ? ""
      : `expected: ${[formatOutcome(expected), ...(leader ? [`most on ${leader}`] : []), "none lost"].join(", ")}`,
  ];
}
