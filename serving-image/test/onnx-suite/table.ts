import type { Outcome, Verdict } from "./judge";

const COLUMNS: readonly Outcome[] = [
  "right",
  "as onnxruntime",
  "refused at load",
  "refused",
  "not expressible",
  "wrong",
  "failed",
];

/** The outcomes by datatype, and how many models were not answered for each reason. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const types = [...new Set(verdicts.flatMap(({ datatypes }) => datatypes))].sort();
  const rows = [
    ["datatype", "models", ...COLUMNS],
    ["all", ...countsOf(verdicts)],
    ...types.map((type) => [type, ...countsOf(verdicts.filter(({ datatypes }) => datatypes.includes(type)))]),
  ];
  return [...rows.map(formatRow), "", ...reasonLines(verdicts), "", ...identityLines(verdicts)].join("\n");
}

function countsOf(verdicts: readonly Verdict[]): string[] {
  const counts = COLUMNS.map((column) => verdicts.filter(({ outcome }) => outcome === column).length);
  return [verdicts.length, ...counts].map(String);
}

function formatRow([first = "", ...rest]: readonly string[]): string {
  return [first.padEnd(22), ...rest.map((cell) => cell.padStart(16))].join("");
}

function reasonLines(verdicts: readonly Verdict[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, outcome, reason } of verdicts) {
    if (reason === undefined) continue;
    const group = `${outcome}: ${withoutNames(reason)}`;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, names]) => `${String(names.length).padStart(6)}  ${reason} (${names.slice(0, 3).join(", ")})`);
}

/** A reason without the names of models, files, nodes and tensors, so that equal reasons are counted together. */
function withoutNames(reason: string): string {
  return reason
    .replace(/^.*?(?=\[SRV\d+\])/, "")
    .replace(/\S+\.onnx/g, "FILE")
    .replace(/^(JSON|binary|gRPC): /, "")
    .replace(/"[^"]*"/g, '"…"')
    .replace(/Name:'[^']*'/g, "Name:'…'")
    .slice(0, 220);
}

function identityLines(verdicts: readonly Verdict[]): string[] {
  const compared = verdicts.filter(({ isIdentical }) => isIdentical !== undefined);
  const same = compared.filter(({ isIdentical }) => isIdentical);
  const missing = verdicts.filter(({ outcome, isComputedInPython }) => {
    return isComputedInPython && !["right", "as onnxruntime"].includes(outcome);
  });
  return [
    `${same.length} of ${compared.length} models have the bytes of onnxruntime in Python, in every format.`,
    `${missing.length} models that onnxruntime in Python computes are not answered.`,
  ];
}
