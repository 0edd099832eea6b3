import { emptyRecord } from "../../core/empty-record";
import { allocate, sizeOf, type Tensors, type TensorSpec, type TensorValue } from "../../protocol/datatypes";

/** What a sample should look like, as far as it is invented. */
interface SampleVariant {
  /** The size of each open dimension but the first one. */
  readonly length?: number;
  /** Multiplies floating-point values. */
  readonly scale?: number;
}

/** Makes one row of each input of a model. Different seeds make different values, from 1 on. */
export type SampleInputs = (seed: number, variant?: SampleVariant) => Tensors;

/** Shapes of inputs by name, from the settings. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** A way to invent the elements of one input. */
interface ValueKind {
  readonly name: string;
  /** @param noise from 0 to 1, the same at every start; @param i the index of the element */
  element(noise: number, i: number, spec: TensorSpec, shape: readonly number[]): number;
}

/** Inputs that a model may accept, with a name for the log. */
interface InventedInputs {
  readonly name: string;
  readonly sample: SampleInputs;
}

/** Sizes to try for a dynamic dimension: a sequence may have one element, an image may not. */
const SIZES_TRIED = [1, 2, 8, 32, 224];

/** Which dimensions of a state are open. */
const STATE = "false,true,false";

/** A rate that audio models accept. */
const SAMPLE_RATE = 16_000;

/**
 * Kinds of values, the most common first. Models reject many values: an encoder those that it has not seen, an embedding
 * those that are not in its table, `Slice` a step of 0, `Resize` a size of 0.
 */
const KINDS: readonly ValueKind[] = [
  // Integers stay 0 or 1, since they are often indices into a table.
  { name: "varied values", element: (noise, _i, spec) => (isFloat(spec) ? noise * 8 - 4 : Math.round(noise)) },
  { name: "positive values", element: (noise, _i, spec) => (isFloat(spec) ? 0.1 + noise : 1 + Math.round(noise * 2)) },
  // The first identifiers of a vocabulary are often reserved.
  { name: "identifiers from 20", element: (noise, _i, spec) => (isFloat(spec) ? noise : 20 + Math.round(noise * 9)) },
  { name: "ones", element: () => 1 },
  { name: "indices", element: (noise, i, spec) => (isFloat(spec) ? noise : i) },
  {
    name: "a sample rate",
    element: (noise, _i, spec, shape) => (isFloat(spec) ? noise * 2 - 1 : sizeOf(shape) === 1 ? SAMPLE_RATE : 1),
  },
  { name: "zeros", element: () => 0 },
];

/** Every combination of sizes and values that is worth a try. */
export function* inventedInputs(inputs: readonly TensorSpec[], configured: Shapes = {}): Generator<InventedInputs> {
  const shapes: Shapes = Object.assign(emptyRecord<readonly number[]>(), configured);
  const isOpen = inputs.some(({ name, shape }) => shapes[name] === undefined && shape.slice(1).includes(-1));
  const sizes = isOpen ? SIZES_TRIED : SIZES_TRIED.slice(0, 1);
  const states = stateShapes(inputs);
  for (const kind of KINDS) {
    for (const size of sizes) {
      if (states) yield { name: kind.name, sample: sampleOf(inputs, kind, { ...states, ...shapes }, size) };
      yield { name: kind.name, sample: sampleOf(inputs, kind, shapes, size) };
    }
  }
  if (inputs.some(isControl)) {
    for (const size of sizes) yield { name: "parameters by name", sample: byName(inputs, shapes, size) };
  }
}

/** The state of a recurrent network is [layers, batch, width]: its rows are not in the first dimension. One row suffices. */
function stateShapes(inputs: readonly TensorSpec[]): Shapes | undefined {
  const states = inputs.filter(({ shape }) => shape.length === 3 && shape.map((size) => size === -1).join() === STATE);
  if (states.length === 0) return undefined;
  return Object.fromEntries(states.map(({ name, shape }) => [name, shape.map((size) => Math.abs(size))]));
}

function sampleOf(inputs: readonly TensorSpec[], kind: ValueKind, shapes: Shapes, size: number): SampleInputs {
  return (seed, { length = size, scale = 1 } = {}) =>
    Object.fromEntries(
      inputs.map((spec) => [spec.name, tensorOf(spec, scaled(kind, scale), shapeOf(spec, shapes, length), seed)]),
    );
}

function scaled({ name, element }: ValueKind, scale: number): ValueKind {
  if (scale === 1) return { name, element };
  return { name, element: (noise, i, spec, shape) => element(noise, i, spec, shape) * (isFloat(spec) ? scale : 1) };
}

/** The parameters of operators are inputs of some models: the axes, steps and sizes must fit the data. */
function byName(inputs: readonly TensorSpec[], shapes: Shapes, size: number): SampleInputs {
  const varied = KINDS[0] as ValueKind;
  const data = inputs.find((spec) => !isControl(spec));
  const dataShape = data ? shapeOf(data, shapes, size) : [];
  return (seed) =>
    Object.fromEntries(
      inputs.map((spec) => {
        const kind = isControl(spec) ? parameterKind(spec, dataShape) : varied;
        const rank = spec.shape.length === 1 && spec.shape[0] === -1 ? [dataShape.length] : undefined;
        return [spec.name, tensorOf(spec, kind, rank ?? shapeOf(spec, shapes, size), seed)];
      }),
    );
}

/** Whether an input looks like a parameter of an operator: a list or a single number. */
function isControl({ name, shape }: TensorSpec): boolean {
  return (
    shape.length <= 1 && /step|stride|ax[ie]s|start|end|size|shape|scale|split|pad|roi|rate|threshold|len/i.test(name)
  );
}

function parameterKind({ name }: TensorSpec, dataShape: readonly number[]): ValueKind {
  const constant = (value: number): ValueKind => ({ name, element: () => value });
  if (/ax[ie]s/i.test(name)) return { name, element: (_noise, i) => i };
  if (/start|pad|roi/i.test(name)) return constant(0);
  if (/end|size|shape/i.test(name)) return { name, element: (_noise, i) => Math.max(1, dataShape[i] ?? 1) };
  if (/threshold/i.test(name)) return constant(0.5);
  if (/rate/i.test(name)) return constant(SAMPLE_RATE);
  return constant(1);
}

function shapeOf({ name, shape }: TensorSpec, shapes: Shapes, size: number): readonly number[] {
  return shapes[name] ?? shape.map((dimension, i) => (dimension === -1 ? (i === 0 ? 1 : size) : dimension));
}

function tensorOf(spec: TensorSpec, kind: ValueKind, shape: readonly number[], seed: number): TensorValue {
  const data = allocate(spec.datatype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    const value = kind.element(mix(seed, i), i, spec, shape);
    const whole = isFloat(spec) ? value : Math.round(value);
    const old: unknown = data[i];
    data[i] = (
      typeof old === "bigint" ? BigInt(whole) : typeof old === "string" ? String(whole) : elementOf(spec, whole)
    ) as never;
  }
  return { datatype: spec.datatype, shape, data };
}

/** FP16 is stored as 16-bit integers: 1 and 0 are the only values that are invented for it. */
function elementOf({ datatype }: TensorSpec, value: number): number {
  if (datatype === "FP16") return value > 0 ? FP16_ONE : 0;
  return datatype === "BOOL" ? Number(value > 0) : value;
}

const FP16_ONE = 0x3c00;

function isFloat({ datatype }: TensorSpec): boolean {
  return datatype.startsWith("FP");
}

/** A pseudorandom number from 0 to 1 that is the same at every start. */
function mix(seed: number, i: number): number {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(i + 1, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}
