import { conforms, type ConformanceReport } from "./conformance";
import type { ItemResult, Level } from "./item";

const LEVELS: readonly Level[] = ["required", "expected", "Triton", "KServe"];
const LEVEL_LABELS: Readonly<Record<Level, string>> = {
  required: "required by the protocol",
  expected: "good practice",
  Triton: "Triton extensions",
  KServe: "KServe extensions",
};

/** The table of all items, and their totals. */
export function formatConformance(report: ConformanceReport): string {
  const { url, model, items, withoutGrpc } = report;
  const groups = [...new Set(items.map(({ transport, group }) => `${transport}: ${group}`))];
  const width = Math.max(...items.map((item) => title(item).length)) + 2;
  const tables = groups.flatMap((group) => [
    "",
    group,
    ...items
      .filter((item) => `${item.transport}: ${item.group}` === group)
      .map((item) => `  ${word(item).padEnd(16)}${title(item).padEnd(width)}${item.seen}`),
  ]);
  return [
    `Open Inference Protocol v2: ${url}, model ${model}`,
    ...tables,
    "",
    ...LEVELS.flatMap((level) => summary(items, level)),
    ...(withoutGrpc === undefined ? [] : [`gRPC was not checked: ${withoutGrpc}`]),
    conforms(report) ? "The server conforms to the protocol." : "The server does not conform to the protocol.",
    "",
  ].join("\n");
}

function title({ name, level }: ItemResult): string {
  return level === "required" ? name : `${name} (${level})`;
}

function word({ outcome }: ItemResult): string {
  return outcome === "fail" ? "FAIL" : outcome;
}

function summary(items: readonly ItemResult[], level: Level): string[] {
  const of = items.filter((item) => item.level === level && item.outcome !== "not applicable");
  if (of.length === 0) return [];
  const count = (outcome: string) => of.filter((item) => item.outcome === outcome).length;
  const missing = count("not offered") > 0 ? `, ${count("not offered")} not offered` : "";
  return [`${count("pass")} of ${of.length} ${LEVEL_LABELS[level]} passed, ${count("fail")} failed${missing}`];
}
