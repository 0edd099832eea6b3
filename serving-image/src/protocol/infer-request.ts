import type { Inference } from "../model/batcher";
import { badRequest } from "../http/refusal";
import { sizeOf, type ModelSignature, type Tensors, type TensorSpec, type TensorValue } from "./datatypes";
import { isObject, parseJson, parseWithLargeIntegers } from "./json";
import { readData } from "./read-data";

/** A request of the Open Inference Protocol, checked against the model. */
export interface InferRequest extends Inference {
  /** The caller's own name for the request, if it gave one. */
  readonly id?: string;
}

/** Reads requests for one model. */
export class InferRequestReader {
  private readonly inputs: ReadonlyMap<string, TensorSpec>;
  private readonly outputs: readonly string[];

  /** @param isBatched whether the first dimension of all inputs is the batch, and so must be the same */
  constructor(
    signature: ModelSignature,
    private readonly isBatched: boolean,
  ) {
    this.inputs = new Map(signature.inputs.map((spec) => [spec.name, spec]));
    this.outputs = signature.outputs.map(({ name }) => name);
  }

  read(text: string): InferRequest {
    const body = parseJson(text);
    if (!isObject(body)) throw badRequest("The body is not a JSON object.");
    const { id, parameters } = body;
    if (id !== undefined && typeof id !== "string") throw badRequest("id is not a string.");
    if (parameters !== undefined && !isObject(parameters)) throw badRequest("parameters is not an object.");
    const inputs = this.readInputs(body.inputs, text);
    const rows = this.rowsOf(inputs);
    const outputs = body.outputs === undefined ? this.outputs : this.readOutputs(body.outputs);
    return id === undefined ? { inputs, rows, outputs } : { id, inputs, rows, outputs };
  }

  private readInputs(list: unknown, text: string): Tensors {
    if (!Array.isArray(list)) throw badRequest("inputs is missing, or is not an array.");
    const tensors: Record<string, TensorValue> = {};
    let read = 0;
    for (const [i, input] of list.entries()) {
      const spec = this.specOf(input, i);
      if (Object.hasOwn(tensors, spec.name)) throw badRequest(`Input "${spec.name}" is given twice.`);
      // The same place in the same text, but with all digits of large whole numbers.
      const exactData = (): unknown => dataAt(parseWithLargeIntegers(text), i);
      tensors[spec.name] = readTensor(spec, input, exactData);
      read++;
    }
    if (read < this.inputs.size) {
      const missing = [...this.inputs.keys()].filter((name) => !Object.hasOwn(tensors, name));
      throw badRequest(`Input "${missing.join('", "')}" is missing.`);
    }
    return tensors;
  }

  private specOf(input: unknown, i: number): TensorSpec {
    if (!isObject(input)) throw badRequest(`inputs[${i}] is not an object.`);
    if (typeof input.name !== "string") throw badRequest(`inputs[${i}].name is missing, or is not a string.`);
    const spec = this.inputs.get(input.name);
    if (spec) return spec;
    throw badRequest(`Input "${input.name}" is unknown; the model takes "${[...this.inputs.keys()].join('", "')}".`);
  }

  private readOutputs(list: unknown): readonly string[] {
    if (!Array.isArray(list)) throw badRequest("outputs is not an array.");
    const names: string[] = [];
    for (const [i, output] of list.entries()) {
      const name = isObject(output) ? output.name : undefined;
      if (typeof name !== "string") throw badRequest(`outputs[${i}].name is missing, or is not a string.`);
      if (!this.outputs.includes(name)) {
        throw badRequest(`Output "${name}" is unknown; the model gives "${this.outputs.join('", "')}".`);
      }
      if (names.includes(name)) throw badRequest(`Output "${name}" is asked for twice.`);
      names.push(name);
    }
    return names.length > 0 ? names : this.outputs;
  }

  private rowsOf(inputs: Tensors): number {
    let rows: number | undefined;
    for (const name in inputs) {
      const first = inputs[name]?.shape[0] ?? 1;
      if (this.isBatched && rows !== undefined && first !== rows) {
        throw badRequest(`Input "${name}" has ${first} rows, but another input has ${rows}.`);
      }
      rows ??= first;
    }
    return rows ?? 1;
  }
}

function readTensor(spec: TensorSpec, input: Record<string, unknown>, exactData: () => unknown): TensorValue {
  const { name, datatype } = spec;
  if (input.datatype !== datatype) {
    throw badRequest(
      `Input "${name}": datatype is ${JSON.stringify(input.datatype)}, but the model takes ${datatype}.`,
    );
  }
  const shape = readShape(spec, input.shape);
  const data = readData(name, datatype, shape, sizeOf(shape), { data: input.data, exactData });
  return { datatype, shape, data };
}

function readShape({ name, shape: expected }: TensorSpec, shape: unknown): readonly number[] {
  const isShape = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((dimension) => Number.isSafeInteger(dimension) && dimension > 0);
  if (!isShape(shape)) {
    throw badRequest(`Input "${name}": shape is ${shorten(shape)}, not an array of whole numbers of 1 or more.`);
  }
  // A model that says no shape takes any.
  if (expected.length === 0) return shape;
  if (shape.length !== expected.length || expected.some((size, i) => size !== -1 && size !== shape[i])) {
    throw badRequest(
      `Input "${name}": shape is ${shorten(shape)}, but the model takes [${expected.join(", ")}] (-1: any).`,
    );
  }
  return shape;
}

function shorten(value: unknown): string {
  const shown = Array.isArray(value)
    ? `[${value
        .slice(0, 16)
        .map((item) => JSON.stringify(item))
        .join(", ")}]`
    : JSON.stringify(value);
  return (shown ?? "missing").slice(0, 200);
}

function dataAt(body: unknown, i: number): unknown {
  const inputs = isObject(body) ? body.inputs : undefined;
  const input: unknown = Array.isArray(inputs) ? inputs[i] : undefined;
  return isObject(input) ? input.data : undefined;
}
