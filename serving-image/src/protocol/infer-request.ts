import type { LimitsConfig } from "../config/settings";
import { emptyRecord } from "../core/empty-record";
import { badRequest } from "../core/http-error";
import { type ModelSignature, sizeOf, type Tensors, type TensorSpec, type TensorValue } from "./datatypes";
import type { InferDraft, InferRequest, InputDraft } from "./inference";
import { rejectNonFiniteInput } from "./non-finite";
import { rejectLossyText } from "./reject-lossy-text";

const NONE: ReadonlySet<string> = new Set();
const MAX_DIMENSIONS = 32;

/** Validates requests for one model, in every format. */
export class InferRequestReader {
  private readonly inputs: ReadonlyMap<string, TensorSpec>;
  private readonly outputs: readonly string[];
  private readonly everyOutput: ReadonlySet<string>;

  /** @param isBatched whether the first dimension of all inputs is the batch dimension, and must therefore be equal */
  constructor(
    signature: ModelSignature,
    private readonly isBatched: boolean,
    private readonly limits: LimitsConfig,
  ) {
    this.inputs = new Map(signature.inputs.map((spec) => [spec.name, spec]));
    this.outputs = signature.outputs.map(({ name }) => name);
    this.everyOutput = new Set(this.outputs);
  }

  read(draft: InferDraft): InferRequest {
    const inputs = this.readInputs(draft.inputs);
    const rows = this.rowsOf(inputs);
    const outputs = draft.outputs.length === 0 ? this.outputs : this.readOutputs(draft);
    const binary = this.binaryOf(draft);
    const request = { inputs, rows, outputs, binary, ...draft.hints };
    return draft.id === undefined ? request : { id: draft.id, ...request };
  }

  private readInputs(drafts: readonly InputDraft[]): Tensors {
    const tensors = emptyRecord<TensorValue>();
    for (const draft of drafts) {
      const spec = this.specOf(draft.name);
      if (Object.hasOwn(tensors, spec.name)) throw badRequest(`Input "${spec.name}" is given twice.`);
      tensors[spec.name] = readTensor(spec, draft, this.limits);
    }
    if (drafts.length < this.inputs.size) {
      const missing = [...this.inputs.keys()].filter((name) => !Object.hasOwn(tensors, name));
      throw badRequest(`Input "${missing.join('", "')}" is missing.`);
    }
    return tensors;
  }

  private specOf(name: string): TensorSpec {
    const spec = this.inputs.get(name);
    if (spec) return spec;
    throw badRequest(`Input "${name}" is unknown; the model has "${[...this.inputs.keys()].join('", "')}".`);
  }

  private readOutputs({ outputs }: InferDraft): readonly string[] {
    const names: string[] = [];
    for (const { name } of outputs) {
      if (!this.everyOutput.has(name)) {
        throw badRequest(`Output "${name}" is unknown; the model has "${this.outputs.join('", "')}".`);
      }
      if (names.includes(name)) throw badRequest(`Output "${name}" is requested twice.`);
      names.push(name);
    }
    return names;
  }

  private binaryOf({ outputs, isBinary: byDefault }: InferDraft): ReadonlySet<string> {
    if (outputs.length === 0) return byDefault ? this.everyOutput : NONE;
    const binary = outputs.filter(({ isBinary }) => isBinary ?? byDefault);
    return binary.length === 0 ? NONE : new Set(binary.map(({ name }) => name));
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

function readTensor(spec: TensorSpec, draft: InputDraft, limits: LimitsConfig): TensorValue {
  const { name, datatype } = spec;
  if (draft.datatype !== datatype) {
    throw badRequest(`Input "${name}": datatype is ${shorten(draft.datatype)}, but the model expects ${datatype}.`);
  }
  const shape = readShape(spec, draft.shape);
  const size = sizeOf(shape);
  // An empty tensor must not be large in its other dimensions: a sum over the empty one has all their elements.
  const extent = size === 0 ? sizeOf(shape.filter((dimension) => dimension > 0)) : size;
  if (extent > limits.tensorElements) {
    const most = `${limits.tensorElements}, the limit of this server (limits.tensorElements)`;
    throw badRequest(`Input "${name}": shape ${shorten(shape)} has more elements than ${most}.`);
  }
  const data = draft.read(spec, shape, size);
  if (Array.isArray(data)) rejectLossyText(name, data);
  const tensor = { datatype, shape, data };
  if (limits.notFinite === "refuse") rejectNonFiniteInput(name, tensor);
  return tensor;
}

function readShape({ name, shape: expected }: TensorSpec, shape: unknown): readonly number[] {
  const isShape = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0);
  if (!isShape(shape)) {
    throw badRequest(`Input "${name}": shape is ${shorten(shape)}, not an array of whole numbers from 0.`);
  }
  // A model without a declared shape accepts any; the runtime does not support more dimensions than this.
  if (expected.length === 0 && shape.length <= MAX_DIMENSIONS) return shape;
  if (shape.length !== expected.length || expected.some((size, i) => size !== -1 && size !== shape[i])) {
    throw badRequest(
      `Input "${name}": shape is ${shorten(shape)}, but the model expects [${expected.join(", ")}] (-1: any).`,
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
