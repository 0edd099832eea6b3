import { formatCount, formatLatency, formatNumber } from "../../core/format";
import type { Inspection, ModelFile, ServingDecisions } from "./inspection";

const row = (label: string, text: string): string => `  ${label.padEnd(12)}${text}`;

/** An inspection as text for a terminal. */
export function formatInspection({ model, serving, refused }: Inspection): string {
  return [
    `${model.file}: ${formatBytes(model.bytes)}, ${describeOrigin(model)}`,
    ...model.inputs.map((value, i) => row(i === 0 ? "inputs" : "", describeValue(value))),
    ...model.outputs.map((value, i) => row(i === 0 ? "outputs" : "", describeValue(value))),
    row("operators", describeOperators(model)),
    row("parameters", `${formatCount(model.parameters.count)} numbers, ${formatBytes(model.parameters.bytes)}`),
    ...model.externalFiles.map((file, i) => row(i === 0 ? "other files" : "", describeFile(file))),
    row("rows", describeRows(model)),
    "",
    ...(serving ? describeServing(model, serving) : [`It cannot be served: ${refused ?? ""}`]),
    "",
  ].join("\n");
}

function describeOrigin({ irVersion, opsets, producer }: ModelFile): string {
  const sets = Object.entries(opsets).map(([domain, version]) => `${domain} ${version}`);
  const by = producer === "" ? "" : `, exported by ${producer}`;
  return `IR version ${irVersion}, operator sets ${sets.join(", ")}${by}`;
}

function describeValue({ name, type, shape }: ModelFile["inputs"][number]): string {
  return `${name} ${type}${shape ? ` [${shape.join(", ")}]` : ""}`;
}

/** Names of more operators than this are left out. */
const OPERATORS_SHOWN = 12;

function describeOperators({ operators }: ModelFile): string {
  const sorted = Object.entries(operators).sort(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const shown = sorted.slice(0, OPERATORS_SHOWN).map(([name, count]) => (count === 1 ? name : `${name} ×${count}`));
  const left = sorted.length - shown.length;
  return `${formatCount(total)}: ${shown.join(", ")}${left > 0 ? `, and ${left} other kinds` : ""}`;
}

function describeFile({ location, bytes, tensors }: ModelFile["externalFiles"][number]): string {
  const size = bytes === undefined ? "missing" : formatBytes(bytes);
  return `${location}: ${size}, ${formatCount(tensors)} ${tensors === 1 ? "tensor" : "tensors"}`;
}

function describeRows({ rows: { verdict, reason = "", rounding } }: ModelFile): string {
  if (verdict === "coupled") return `requests must not share a run: ${reason}`;
  if (verdict === "unknown") return `not known to be independent: ${reason}`;
  return rounding === undefined ? "no operator mixes rows" : `no operator mixes rows, but ${rounding}`;
}

function describeServing({ file }: ModelFile, serving: ServingDecisions): string[] {
  const { outputs, batching, computesIn, reason, runSeconds, memoryBytes, curl } = serving;
  const sharing =
    batching.maxRows === 1 ? "each request has a run of its own" : `up to ${batching.maxRows} rows share a run`;
  return [
    "What the server decides when it loads the model:",
    row("returns", outputs.map(describeValue).join("; ")),
    row("batching", `${sharing} (decided by ${batching.decidedBy}): ${batching.reason}`),
    ...(computesIn === undefined ? [] : [row("computes in", `${computesIn}: ${reason ?? ""}`)]),
    ...(runSeconds === undefined
      ? []
      : [row("run", `${formatLatency(runSeconds)} for the largest batch, on this machine`)]),
    row("memory", `${formatBytes(memoryBytes)} resident after the warm-up, with one request at a time`),
    "",
    ...(curl === undefined
      ? ["The model rejects requests built from these shapes alone, so there is no curl command to show."]
      : [`After \`slipway serve ${file}\`:`, "", curl]),
  ];
}

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${formatNumber(value)} ${UNITS[unit] ?? ""}`;
}
