import { readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { formatCount } from "../core/format";
import { formatFault } from "../drivers/rehearsal/fault-settings";
import { formatOutcome, type RehearsalReport } from "../drivers/rehearsal/report/report";
import type { RehearsalSettings } from "../drivers/rehearsal/settings";
import type { Outcome } from "../strategies/strategy";

/** An example, and the report of its rehearsal. */
export interface ExampleResult {
  readonly file: string;
  /** Description of the faults and flaws that the example injects. */
  readonly injected: string;
  readonly expected: Outcome;
  /** Version that should have most of the traffic at the end. */
  readonly leader?: string | undefined;
  readonly report: RehearsalReport;
}

const PROPS_FILE = /(^|\.)props\.ts$/;

/** The props files of the examples in a directory; of each example the good one first. */
export function exampleFiles(directory: string): string[] {
  const examples = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return examples
    .map(({ name }) => join(directory, name))
    .sort()
    .flatMap((example) =>
      readdirSync(example)
        .filter((file) => PROPS_FILE.test(file))
        .sort((a, b) => Number(a !== "props.ts") - Number(b !== "props.ts") || a.localeCompare(b))
        .map((file) => join(example, file)),
    );
}

/** Directory for the reports of an example: each of its props files has its own. */
export function reportFolder(file: string): string {
  const variant = basename(file).replace(PROPS_FILE, "");
  return join("rehearsal", "examples", basename(dirname(file)), variant === "" ? "good" : variant);
}

/** Describes what an example injects: the flaw of its model, faults and noise in the feedback. */
export function describeInjected({ faults, flaw, feedbackNoise }: RehearsalSettings): string {
  const isNoisy = Object.values(feedbackNoise).some((share) => share > 0);
  const parts = [
    ...(flaw === undefined ? [] : [flaw]),
    ...faults.map(formatFault),
    ...(isNoisy ? ["duplicate, unknown and foreign feedback"] : []),
  ];
  return parts.join("; ") || "nothing";
}

/** Whether an example ended as expected, and no request was lost. */
export function isAsExpected({ report, expected, leader }: ExampleResult): boolean {
  const most = [...report.tracks].sort((a, b) => b.weight - a.weight)[0]?.version;
  return report.outcome === expected && report.requests.lost === 0 && (leader === undefined || leader === most);
}

const COLUMNS: readonly { readonly title: string; readonly isNumber?: boolean }[] = [
  { title: "example" },
  { title: "strategy" },
  { title: "injected" },
  { title: "outcome" },
  { title: "requests", isNumber: true },
  { title: "lost", isNumber: true },
  { title: "seconds", isNumber: true },
  { title: "" },
];

/** The results as the lines of a table, one line for each example. */
export function formatTable(results: readonly ExampleResult[]): string[] {
  const rows = [COLUMNS.map(({ title }) => title), ...results.map(tableRow)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return COLUMNS[column]?.isNumber ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function tableRow(result: ExampleResult): string[] {
  const { file, injected, report } = result;
  const { sent, lost } = report.requests;
  return [
    relative(join(dirname(file), ".."), file),
    report.strategy,
    injected,
    formatOutcome(report.outcome),
    formatCount(sent),
    formatCount(lost),
    formatCount(report.wallSeconds),
    isAsExpected(result) ? "" : `expected: ${describeExpected(result)}`,
  ];
}

function describeExpected({ expected, leader }: ExampleResult): string {
  return [formatOutcome(expected), ...(leader ? [`most traffic on ${leader}`] : []), "no request lost"].join(", ");
}
