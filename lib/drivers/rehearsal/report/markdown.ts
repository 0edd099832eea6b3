import { markdownTable } from "../../../core/markdown-table";
import { formatOutcome, formatTitle, type RehearsalReport } from "./report";
import { summaryLines } from "./summary-lines";
import { gateTable, outputTable, resultTable, stageTable, trackTable, type Table } from "./tables";

/** The report as Markdown, for a pull request. */
export function markdownReport(report: RehearsalReport): string {
  return [
    `### ${formatTitle(report)}: ${formatOutcome(report.outcome)}`,
    "",
    report.reason,
    "",
    ...table(trackTable(report)),
    "",
    ...summaryLines(report).map(({ label, text }) => `- **${label}:** ${text}`),
    "",
    ...titled("Verdicts on the variants:", resultTable(report)),
    ...titled("Gates:", gateTable(report)),
    ...titled("Outputs compared:", outputTable(report)),
    "Stages:",
    "",
    ...table(stageTable(report)),
    "",
    "Latencies are measured at the callers, since a request was due.",
    "",
  ].join("\n");
}

function titled(title: string, found: Table): string[] {
  return found.rows.length === 0 ? [] : [title, "", ...table(found), ""];
}

function table({ head, rows }: Table): string[] {
  return markdownTable([head, ...rows]);
}
