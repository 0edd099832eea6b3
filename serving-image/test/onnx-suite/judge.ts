import { type Answer, type Format, FORMATS, type SuiteClient } from "./ask";
import type { DataSet, SuiteCase, SuiteValue } from "./cases";
import { isClose, isIdentical, isIdenticalInJson } from "./compare";
import { type SuiteTensor, tensorOf } from "./tensor";

/** From best to worst: a model with several data sets counts as the worst of them. */
const OUTCOMES = [
  "right",
  "as onnxruntime",
  "refused at load",
  "not expressible",
  "refused",
  "wrong",
  "failed",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Verdict {
  readonly name: string;
  readonly outcome: Outcome;
  /** Why the outcome is not `right`. */
  readonly reason?: string;
  /** Whether onnxruntime in Python computes the model. */
  readonly isComputedInPython: boolean;
  /** Whether all answers had the bytes of onnxruntime in Python; undefined if they could not be compared. */
  readonly isIdentical?: boolean;
  readonly datatypes: readonly string[];
}

type Finding = Pick<Verdict, "outcome" | "reason" | "isIdentical">;

/** Loads a model, asks for all its data sets in all formats, and compares the answers. */
export async function judge(client: SuiteClient, one: SuiteCase): Promise<Verdict> {
  const loaded = await client.load(one.name);
  const findings: Finding[] = [];
  if (loaded.refusal !== undefined) {
    findings.push({ outcome: loaded.isServerError ? "failed" : "refused at load", reason: loaded.refusal });
  } else {
    for (const set of one.sets) findings.push(await judgeSet(client, one, set));
    await client.unload(one.name);
  }
  const rank = ({ outcome }: Finding): number => OUTCOMES.indexOf(outcome);
  const worst = findings.reduce((a, b) => (rank(b) > rank(a) ? b : a), { outcome: "right" });
  const compared = findings.flatMap(({ isIdentical: same }) => (same === undefined ? [] : [same]));
  return {
    name: one.name,
    outcome: worst.outcome,
    ...(worst.reason !== undefined && { reason: worst.reason }),
    isComputedInPython: one.sets.every(({ runtime }) => runtime !== undefined),
    ...(compared.length > 0 && { isIdentical: compared.every(Boolean) }),
    datatypes: [...new Set(one.sets.flatMap((set) => [...set.inputs, ...set.recorded]).map(typeNameOf))].sort(),
  };
}

function typeNameOf({ datatype, items, type }: SuiteValue): string {
  return datatype ?? (items ? "sequence" : (type ?? "optional or sequence"));
}

async function judgeSet(client: SuiteClient, one: SuiteCase, set: DataSet): Promise<Finding> {
  const inputs = new Map<string, SuiteTensor>();
  for (const input of set.inputs) {
    const tensor = tensorOf(input);
    if (!tensor) return { outcome: "not expressible", reason: `input of type ${typeNameOf(input)}` };
    inputs.set(input.name, tensor);
  }
  const findings: Finding[] = [];
  for (const format of FORMATS)
    findings.push(judgeAnswer(await client.ask(format, one.name, inputs), format, one, set));
  return findings.reduce((a, b) => (OUTCOMES.indexOf(b.outcome) > OUTCOMES.indexOf(a.outcome) ? b : a));
}

function judgeAnswer(answer: Answer, format: Format, tolerances: SuiteCase, set: DataSet): Finding {
  if (!("outputs" in answer)) {
    const reason = `${format}: ${answer.refusal}${set.refusal === undefined ? "" : " (so does onnxruntime in Python)"}`;
    return { outcome: answer.isServerError ? "failed" : "refused", reason };
  }
  const { outputs } = answer;
  const same = set.random
    ? undefined
    : set.runtime && matches(outputs, set.runtime, format === "JSON" ? isIdenticalInJson : isIdentical);
  const isRight = matches(outputs, set.recorded, (a, b) =>
    set.random ? a.datatype === b.datatype && String(a.shape) === String(b.shape) : isClose(a, b, tolerances),
  );
  const compared = same === undefined ? {} : { isIdentical: same };
  if (same === false) return { outcome: "wrong", reason: `${format}: differs from onnxruntime in Python`, ...compared };
  if (isRight) return { outcome: "right", ...compared };
  if (same)
    return { outcome: "as onnxruntime", reason: "onnxruntime itself differs from the recorded outputs", ...compared };
  return { outcome: "wrong", reason: `${format}: differs from the recorded outputs` };
}

function matches(
  outputs: ReadonlyMap<string, SuiteTensor>,
  expected: readonly SuiteValue[],
  isEqual: (actual: SuiteTensor, expected: SuiteTensor) => boolean,
): boolean {
  return expected.every((value) => {
    const [actual, wanted] = [outputs.get(value.name), tensorOf(value)];
    return actual !== undefined && wanted !== undefined && isEqual(actual, wanted);
  });
}
