import { emptyRecord } from "../core/empty-record";
import {
  allocate,
  type BigIntArray,
  type NumberArray,
  type TensorData,
  type Tensors,
  type TensorValue,
} from "../protocol/datatypes";

/** Concatenates the tensors of several requests along the first dimension. */
export function joinRows(parts: readonly Tensors[]): Tensors {
  const [first = {}] = parts;
  return Object.fromEntries(Object.keys(first).map((name) => [name, joinTensor(parts.map((part) => part[name]))]));
}

/** Slices the rows of one request out of each tensor. */
export function takeRows(tensors: Tensors, names: readonly string[], from: number, rows: number): Tensors {
  const taken = emptyRecord<TensorValue>();
  for (const name of names) {
    const tensor = tensors[name];
    if (tensor) taken[name] = sliceTensor(tensor, from, rows);
  }
  return taken;
}

function joinTensor(parts: readonly (TensorValue | undefined)[]): TensorValue {
  const present = parts.filter((part) => part !== undefined);
  const [first] = present;
  if (!first) throw new Error("No request has this tensor.");
  const data = allocate(
    first.datatype,
    present.reduce((length, part) => length + part.data.length, 0),
  );
  let offset = 0;
  for (const part of present) {
    copyInto(data, part.data, offset);
    offset += part.data.length;
  }
  const rows = present.reduce((sum, part) => sum + (part.shape[0] ?? 1), 0);
  return { datatype: first.datatype, shape: [rows, ...first.shape.slice(1)], data };
}

function copyInto(target: TensorData, source: TensorData, offset: number): void {
  if (Array.isArray(target)) {
    for (let i = 0; i < source.length; i++) target[offset + i] = String(source[i]);
  } else if (target instanceof BigInt64Array || target instanceof BigUint64Array) {
    target.set(source as BigIntArray, offset);
  } else {
    target.set(source as NumberArray, offset);
  }
}

function sliceTensor({ datatype, shape, data }: TensorValue, from: number, rows: number): TensorValue {
  const width = data.length / (shape[0] || 1);
  const [start, end] = [from * width, (from + rows) * width];
  return {
    datatype,
    shape: [rows, ...shape.slice(1)],
    data: Array.isArray(data) ? data.slice(start, end) : data.subarray(start, end),
  };
}

/** Longer texts count as several elements. */
const ELEMENT_CHARACTERS = 64;

/** The number of elements of inputs, all together: the duration and the memory of a run depend on it. */
export function elementsOf(inputs: Tensors): number {
  let elements = 0;
  for (const name in inputs) {
    const data = inputs[name]?.data ?? [];
    elements += data.length;
    if (Array.isArray(data)) for (const text of data) elements += Math.floor(text.length / ELEMENT_CHARACTERS);
  }
  return elements;
}
