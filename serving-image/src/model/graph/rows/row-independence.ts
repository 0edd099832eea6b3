import type { OnnxFunction, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "../onnx-model";
import { BATCH_FIRST } from "./batch-first";
import { CLASSICAL } from "./classical";
import { evaluate, sizesOf } from "./constants";
import { ELEMENTWISE } from "./elementwise";
import { MATRICES } from "./matrices";
import { hasGraph } from "../all-nodes";
import { isRandom } from "../random-operators";
import { OperatorCall, RowsNotKeptApart, type Rule } from "./operator-call";
import { RECURRENT } from "./recurrent";
import { REDUCING } from "./reducing";
import { RESHAPING } from "./reshaping";
import { constantOf, countsRows, isShared, rowsOf, type RowValue, type SharedValue } from "./row-value";
import { roundingOf } from "./rounding";
import { SELECTING } from "./selecting";
import { dependsOnRows, freshSize, isEqual, ROWS_SIZE, type Size, sizeOfNumber } from "./size";

/** Whether the results of a row can depend on the other rows of a run, by the graph of the model. */
export interface RowIndependence {
  /** `independent`: proven. `coupled`: they do. `unknown`: not proven, so they may. */
  readonly verdict: "independent" | "coupled" | "unknown";
  /** Why not, in a sentence. */
  readonly reason?: string;
  /** Whether the other rows only change how precisely a row is computed, as with dynamic quantization. */
  readonly isPrecision?: boolean;
  /** Why rows that are independent may still be rounded otherwise in a batch than alone. */
  readonly rounding?: string;
}

const RULES: Readonly<Record<string, Rule | undefined>> = {
  ...ELEMENTWISE,
  ...RESHAPING,
  ...SELECTING,
  ...REDUCING,
  ...MATRICES,
  ...BATCH_FIRST,
  ...RECURRENT,
  ...CLASSICAL,
};

/** Operators that may be given the number of rows, to make a shape of it. */
const READS_SHAPE = ["Reshape", "Expand", "Resize", "Tile"];
const CONTROL_FLOW = ["If", "Loop", "Scan", "SequenceMap"];
const STANDARD_DOMAINS = ["", "ai.onnx.ml", "com.microsoft"];
const FUNCTION_DEPTH_LIMIT = 20;
const FUNCTION_NODES_LIMIT = 200_000;

/** Follows the rows through the graph, from the first dimension of each input to the outputs. */
export function rowIndependenceOf(model: OnnxModel): RowIndependence {
  const { inputs, outputs, initializers, nodes } = model.graph;
  const values = new Map<string, RowValue>();
  for (const tensor of initializers) values.set(tensor.name, toConstant(tensor));
  const given = inputs.filter(({ name }) => !values.has(name));
  const symbols = new Set(given.map(({ type }) => type.shape?.[0]));
  for (const input of given) {
    const value = inputValue(input, symbols);
    if (typeof value === "string") return { verdict: "unknown", reason: value };
    values.set(input.name, value);
  }
  const analysis = new GraphAnalysis(model);
  try {
    analysis.run(nodes, values, model.opsets, 0);
  } catch (error) {
    if (error instanceof TooManyCalls) return { verdict: "unknown", reason: "its functions call each other too often" };
    throw error;
  }
  for (const output of outputs) {
    const found = verdictOn(output.name, values.get(output.name));
    if (found) return found;
  }
  const { rounding } = analysis;
  return { verdict: "independent", ...(rounding !== undefined && { rounding }) };
}

function toConstant({ shape, numbers }: OnnxTensor): RowValue {
  return constantOf(shape.map(sizeOfNumber), numbers?.map(sizeOfNumber));
}

/** The rows are the first dimension of each input; another dimension with the same name would also depend on the batch. */
function inputValue({ name, type }: OnnxValue, rowSymbols: ReadonlySet<unknown>): RowValue | string {
  const [first, ...rest] = type.shape ?? [];
  if (type.kind !== "tensor" || !type.shape || type.shape.length === 0) {
    return `input "${name}" is not a tensor with a batch dimension`;
  }
  if (typeof first === "number") return `the first dimension of input "${name}" is always ${first}`;
  if (rest.some((size) => typeof size === "string" && rowSymbols.has(size))) {
    return `input "${name}" has the batch dimension more than once`;
  }
  // The runtime does not enforce that dimensions of one name are equal, so each open one is a symbol of its own.
  const sizes = rest.map((size) => (typeof size === "number" ? sizeOfNumber(size) : freshSize()));
  return rowsOf(0, [ROWS_SIZE, ...sizes]);
}

function verdictOn(output: string, value: RowValue | undefined): RowIndependence | undefined {
  if (!value) return { verdict: "unknown", reason: `no node computes the output "${output}"` };
  if (isShared(value)) {
    const { kind, operator, node, reason, isPrecision } = value;
    const where = node === "" ? operator : `${operator} "${node}"`;
    return { verdict: kind, reason: `${where} ${reason}`, ...(isPrecision && { isPrecision }) };
  }
  const isOneForEachRow =
    value.kind === "rows" && value.axis === 0 && value.shape?.[0] !== undefined && isEqual(value.shape[0], ROWS_SIZE);
  if (isOneForEachRow) return undefined;
  // An operator of which only the axis of the rows is known.
  if (value.kind === "rows" && value.axis === 0 && !value.shape) return undefined;
  return { verdict: "unknown", reason: `output "${output}" is not known to have one entry for each row` };
}

/** Ends the whole analysis: functions that call each other have as many nodes as there are paths. */
class TooManyCalls extends Error {}

class GraphAnalysis {
  /** Why the first of such operators rounds rows by their batch. */
  rounding: string | undefined;
  private calledNodes = 0;
  private readonly functions = new Map<string, OnnxFunction>();

  constructor(model: OnnxModel) {
    for (const one of model.functions) this.functions.set(keyOf(one.domain, one.name, one.overload), one);
  }

  /** Adds the values that the nodes compute. */
  run(
    nodes: readonly OnnxNode[],
    values: Map<string, RowValue>,
    opsets: ReadonlyMap<string, number>,
    depth: number,
  ): void {
    for (const node of nodes) {
      const inputs = node.inputs.map((name) => (name === "" ? undefined : (values.get(name) ?? missing(node, name))));
      const results = this.resultsOf(node, inputs, opsets, depth);
      node.outputs.forEach((name, i) => {
        const value = results[i];
        if (name !== "") values.set(name, value ?? missing(node, name));
      });
    }
  }

  private resultsOf(
    node: OnnxNode,
    inputs: readonly (RowValue | undefined)[],
    opsets: ReadonlyMap<string, number>,
    depth: number,
  ): readonly RowValue[] {
    const shared = inputs.filter((input) => input !== undefined && isShared(input));
    const cause = shared.find(({ kind }) => kind === "coupled") ?? shared[0];
    if (cause) return node.outputs.map(() => cause);
    const call = new OperatorCall(node, inputs, opsets.get(node.domain) ?? 1);
    try {
      const body = this.functions.get(keyOf(node.domain, node.operator, node.overload));
      if (body) {
        if (STANDARD_DOMAINS.includes(node.domain)) throw call.unknown("is defined twice: by ONNX and by the file");
        return this.callFunction(call, body, depth);
      }
      const results = apply(call);
      this.rounding ??= roundingOf(call);
      const all = "kind" in results ? node.outputs.map(() => results) : results;
      return all.map((value) => checked(call, value));
    } catch (error) {
      if (!(error instanceof RowsNotKeptApart)) throw error;
      return node.outputs.map(() => error.value);
    }
  }

  private callFunction(call: OperatorCall, body: OnnxFunction, depth: number): readonly RowValue[] {
    this.calledNodes += body.nodes.length;
    if (depth >= FUNCTION_DEPTH_LIMIT || this.calledNodes > FUNCTION_NODES_LIMIT) {
      throw new TooManyCalls();
    }
    const values = new Map<string, RowValue>();
    body.inputs.forEach((name, i) => {
      const input = call.inputs[i];
      if (input) values.set(name, input);
    });
    const nodes = body.nodes.map((node) => withAttributesOf(call.node, node));
    this.run(nodes, values, body.opsets, depth + 1);
    return body.outputs.map((name) => values.get(name) ?? missing(call.node, name));
  }
}

/** Replaces references to attributes of the function by those of the call. */
function withAttributesOf(call: OnnxNode, node: OnnxNode): OnnxNode {
  if (![...node.attributes.values()].some(({ reference }) => reference !== undefined)) return node;
  const attributes = new Map(node.attributes);
  for (const [name, attribute] of node.attributes) {
    const value = attribute.reference === undefined ? undefined : call.attributes.get(attribute.reference);
    if (value) attributes.set(name, value);
  }
  return { ...node, attributes };
}

function apply(call: OperatorCall): RowValue | readonly RowValue[] {
  const { operator, domain } = call.node;
  if (CONTROL_FLOW.includes(operator) || hasGraph(call.node)) {
    throw call.unknown("runs a part of the graph under a condition or repeatedly, which is not followed");
  }
  if (isRandom(call.node)) throw call.coupled("is random");
  if (domain === "" && (operator === "Shape" || operator === "Size")) return sizesOf(call);
  if (call.inputs.every((input) => input === undefined || input.kind === "constant")) {
    if (domain === "") return evaluate(call);
    if (!call.inputs.some((input) => input !== undefined && countsRows(input))) return constantOf(undefined);
  }
  const countsOther = call.inputs.some((input) => input !== undefined && countsRows(input));
  if (countsOther && !READS_SHAPE.includes(operator))
    throw call.coupled("computes with the number of rows of the batch");
  const rule = RULES[domain === "" ? operator : `${domain}.${operator}`];
  if (!rule) throw call.unknown("is not known to keep rows apart");
  return rule(call);
}

/** A result whose other dimensions depend on the number of rows is another one for each batch. */
function checked(call: OperatorCall, value: RowValue): RowValue {
  if (value.kind !== "rows" || !value.shape) return value;
  const isOther = value.shape.some((size: Size, i) => i !== value.axis && dependsOnRows(size));
  if (isOther || value.axis < 0) throw call.unknown("has the number of rows in more than one dimension");
  return value;
}

function missing({ operator, name }: OnnxNode, value: string): SharedValue {
  return { kind: "unknown", operator, node: name, reason: `uses "${value}", which is not found` };
}

function keyOf(domain: string, name: string, overload: string): string {
  return `${domain} ${name} ${overload}`;
}
