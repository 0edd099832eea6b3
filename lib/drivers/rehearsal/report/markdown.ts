import { markdownTable } from "../../../core/markdown-table";
import { factsOf } from "./facts";
import type { RehearsalReport } from "./report";
import { gateTable, outputTable, resultTable, stageTable, trackTable, type Table } from "./tables";
import { outcomeWords, titleOf } from "./outcome";

/** The report as Markdown, fit for a pull request. */
export function markdownReport(report: RehearsalReport): string {
  return [
    `### ${titleOf(report)}: ${outcomeWords(report.outcome)}`,
    "",
    report.reason,
    "",
    ...table(trackTable(report)),
    "",
    ...factsOf(report).map(({ label, text }) => `- **${label}:** ${text}`),
    "",
    ...titled("What the test says:", resultTable(report)),
    ...titled("What the gates saw:", gateTable(report)),
    ...titled("Outputs compared:", outputTable(report)),
    "Timetable as it happened:",
    "",
    ...table(stageTable(report)),
    "",
    "Latencies are the callers', from the moment at which a request was due.",
    "",
  ].join("\n");
}

function titled(title: string, found: Table): string[] {
  return found.rows.length === 0 ? [] : [title, "", ...table(found), ""];
}

function table({ head, rows }: Table): string[] {
  return markdownTable([head, ...rows]);
}
