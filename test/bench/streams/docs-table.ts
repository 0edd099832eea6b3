import { formatCount, formatShare } from "../../../lib/core/format";
import type { BenchRow } from "../report";

/** The tables of docs/verdicts.md, as Markdown: a column for each controller, a row for each stream or regression. */
export function docsTables(rows: readonly BenchRow[], controllers: readonly string[]): string {
  const falseVerdicts = rows.flatMap(({ metric, value }) => {
    const controller = controllers.find((name) => metric.startsWith(`${name}: `));
    if (controller === undefined) return [];
    return [{ controller, row: metric.slice(controller.length + 2), cell: formatShare(value) }];
  });
  const detections = rows.flatMap(({ metric, value }) => {
    const [row, controller] = metric.split(": found by ");
    if (row === undefined || controller === undefined) return [];
    return [{ controller, row, cell: Number.isFinite(value) ? formatCount(value) : "not found" }];
  });
  return [
    ...table("both versions equally good: rolled back", falseVerdicts, true),
    "",
    ...table("canary requests until it is found, median", detections, false),
    "",
  ].join("\n");
}

interface Cell {
  readonly controller: string;
  readonly row: string;
  readonly cell: string;
}

/** With `complete`, only the rows that every controller has. */
function table(title: string, cells: readonly Cell[], complete: boolean): readonly string[] {
  const columns = [...new Set(cells.map(({ controller }) => controller))];
  const lineOf = (row: string): readonly string[] => [
    row,
    ...columns.map((column) => cells.find((each) => each.row === row && each.controller === column)?.cell ?? "–"),
  ];
  const lines = [...new Set(cells.map(({ row }) => row))]
    .map(lineOf)
    .filter((line) => !complete || !line.includes("–"));
  return [[title, ...columns], columns.map(() => "---").concat("---"), ...lines].map(
    (line) => `| ${line.join(" | ")} |`,
  );
}
