import type { Diagnostics } from "../../core/findings/diagnostics";

/** A line of a counts file: an object that is not checked yet, and where it is. */
export interface Row {
  readonly path: string;
  readonly value: unknown;
}

/** The objects of a file: JSON lines if it begins with a brace, else CSV with a header. */
export function parseRows(text: string, diagnostics: Diagnostics): readonly Row[] {
  const lines = text
    .split(/\r?\n/)
    .map((content, i) => ({ content: content.trim(), path: `line ${i + 1}` }))
    .filter(({ content }) => content !== "");
  const [first] = lines;
  if (first === undefined) {
    diagnostics.error("SLW003", "counts", { message: "the file is empty.", fix: "See: slipway help calibrate." });
    return [];
  }
  if (first.content.startsWith("{")) return lines.flatMap((line) => jsonRow(line, diagnostics));
  return csvRows(first.content, lines.slice(1), diagnostics);
}

interface Line {
  readonly content: string;
  readonly path: string;
}

function jsonRow({ content, path }: Line, diagnostics: Diagnostics): Row[] {
  try {
    return [{ path, value: JSON.parse(content) as unknown }];
  } catch (error) {
    diagnostics.error("SLW002", path, {
      message: `it is not valid JSON: ${(error as Error).message}.`,
      fix: "Write one JSON object in each line.",
    });
    return [];
  }
}

const COLUMNS = ["at", "pod", "requests", "errors"];
const BUCKET = /^le_(.+)$/;

function csvRows(header: string, lines: readonly Line[], diagnostics: Diagnostics): Row[] {
  const columns = header.split(",").map((column) => column.trim());
  for (const column of columns) {
    if (COLUMNS.includes(column) || BUCKET.test(column)) continue;
    diagnostics.error("SLW001", "line 1", {
      message: `unknown column "${column}".`,
      allowed: `${COLUMNS.join(", ")}, and le_SECONDS for each latency bucket`,
      fix: "Rename or remove it.",
    });
  }
  if (diagnostics.findings.length > 0) return [];
  return lines.flatMap(({ content, path }) => {
    const cells = content.split(",").map((cell) => cell.trim());
    if (cells.length === columns.length) return [{ path, value: rowOf(columns, cells) }];
    diagnostics.error("SLW002", path, {
      message: `it has ${cells.length} values for ${columns.length} columns.`,
      fix: "Write one value for each column.",
    });
    return [];
  });
}

function rowOf(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  const le: Record<string, unknown> = {};
  columns.forEach((column, i) => {
    const cell = cells[i] ?? "";
    const [, bound] = BUCKET.exec(column) ?? [];
    if (bound !== undefined) le[bound] = numberOrText(cell);
    else if (cell !== "") row[column] = column === "pod" ? cell : numberOrText(cell);
  });
  return Object.keys(le).length > 0 ? { ...row, le } : row;
}

const numberOrText = (cell: string): number | string =>
  cell === "" || Number.isNaN(Number(cell)) ? cell : Number(cell);
