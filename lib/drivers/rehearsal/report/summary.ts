import { summaryLines } from "./summary-lines";
import { formatOutcome, formatTitle, isSuccess, type RehearsalReport } from "./report";
import { gateTable, outputTable, resultTable, stageTable, trackTable, type Table } from "./tables";
import type { Style } from "../../common/style";

/** The results of a rehearsal, for a terminal. */
export function formatSummary(report: RehearsalReport, style: Style): string {
  const paint = isSuccess(report.outcome) ? style.good : style.bad;
  const lines = summaryLines(report);
  const width = Math.max(...lines.map(({ label }) => label.length)) + 2;
  return [
    "",
    `${style.bold(formatTitle(report))}: ${style.bold(paint(formatOutcome(report.outcome)))}`,
    report.reason,
    "",
    ...tableLines(trackTable(report), style),
    "",
    ...tableLines(stageTable(report), style),
    ...(report.results.length > 0 ? ["", ...tableLines(resultTable(report), style)] : []),
    "",
    ...tableLines(gateTable(report), style),
    ...(report.comparison ? ["", ...tableLines(outputTable(report), style)] : []),
    "",
    ...lines.map(({ label, text }) => `${style.dim(label.padEnd(width))}${text}`),
    "",
  ].join("\n");
}

function tableLines({ head, rows, prose }: Table, style: Style): string[] {
  if (rows.length === 0) return [];
  const last = head.length - 1;
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 || (prose && column === last) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [style.dim(line(head)), ...rows.map(line)];
}
