import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CONSTRUCTS } from "../lib/constructs/registry";
import { markdownTable } from "../lib/core/markdown-table";

const ROOT = resolve(__dirname, "..");
const START = "<!-- constructs: generated from lib/constructs/registry.ts by `npm run generate` -->";
const END = "<!-- /constructs -->";

/** The pages with a table of the constructs, and how to write each table. Paths are relative to the root of the repository. */
export const TABLES: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  "README.md": overviewRows,
  "docs/choosing.md": choiceRows,
};

/** The text of a page with its table of constructs up to date. Everything outside of the markers stays as it is. */
export function pageWithTable(file: string): string {
  const page = readFileSync(join(ROOT, file), "utf8");
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start === -1 || end < start) throw new Error(`${file} needs a line "${START}" and after it a line "${END}"`);
  const rows = TABLES[file]?.() ?? [];
  return [page.slice(0, start) + START, "", ...tableLines(rows), "", page.slice(end)].join("\n");
}

function overviewRows(): string[][] {
  const rows = CONSTRUCTS.map(({ className, folder, serves }) => [`[${className}](docs/${folder}.md)`, serves]);
  return [["construct", "what your users get"], ...rows];
}

function choiceRows(): string[][] {
  const rows = CONSTRUCTS.flatMap(({ className, folder, choice }) =>
    choice === undefined
      ? []
      : [[choice.goal, `[${className}](${folder}.md)`, choice.exposure, choice.learned, choice.replicas]],
  );
  return [["you want to", "use", "who is exposed to the new version", "what you learn", "replicas"], ...rows];
}

/** A Markdown table, with the spaces in its second line that Prettier writes. */
function tableLines(rows: readonly (readonly string[])[]): string[] {
  return markdownTable(rows).map((line, index) => (index === 1 ? line.replace(/-(-+)-/g, " $1 ") : line));
}
