import { type ExternalTensor, LIST_LIMIT, type OnnxTensor } from "./onnx-model";
import type { WireReader } from "./wire-reader";

/** What the readers of all messages share. */
export interface ReadContext {
  readonly reader: WireReader;
  /** Every external tensor that was read so far. */
  readonly externalTensors: ExternalTensor[];
}

const EXTERNAL = 1;
const MAX_RANK = 64;

/** Reads a tensor, but the elements only of a small one. */
export function readTensor({ reader, externalTensors }: ReadContext): OnnxTensor {
  const shape: number[] = [];
  const numbers: number[] = [];
  const entries: Record<string, string> = Object.create(null);
  let [name, elementType, isExternal] = ["", 0, false];
  let raw: Buffer | undefined;
  reader.message((field) => {
    if (field === 1) reader.integers(shape, MAX_RANK);
    else if (field === 2) elementType = reader.integer();
    else if (field === 4) reader.floats(numbers, LIST_LIMIT);
    else if (field === 5 || field === 7) reader.integers(numbers, LIST_LIMIT);
    else if (field === 8) name = reader.text();
    else if (field === 9) raw = reader.bytes(LIST_LIMIT * BigInt64Array.BYTES_PER_ELEMENT);
    else if (field === 13) readEntry(reader, entries);
    else if (field === 14) isExternal = reader.integer() === EXTERNAL;
    else reader.skip();
  });
  const tensor = { name, elementType, shape };
  if (isExternal) {
    const external = toExternal(name, entries);
    externalTensors.push(external);
    return { ...tensor, external };
  }
  const decoder = DECODERS[elementType];
  const elements = raw && decoder ? decoder(raw) : numbers;
  return decoder && elements.length === sizeOf(shape) ? { ...tensor, numbers: elements } : tensor;
}

/** A sparse tensor has the name of its values, and the shape that it has when it is written out. */
export function readSparseTensor(context: ReadContext): OnnxTensor {
  const { reader } = context;
  let [name, elementType] = ["", 0];
  const shape: number[] = [];
  reader.message((field) => {
    if (field === 1) ({ name, elementType } = readTensor(context));
    else if (field === 2) readTensor(context);
    else if (field === 3) reader.integers(shape, MAX_RANK);
    else reader.skip();
  });
  return { name, elementType, shape };
}

/** Reads an entry of a list of keys and values. */
export function readEntry(reader: WireReader, entries: Record<string, string>): void {
  let [key, value] = ["", ""];
  reader.message((field) => {
    if (field === 1) key = reader.text();
    else if (field === 2) value = reader.text();
    else reader.skip();
  });
  entries[key] = value;
}

function toExternal(name: string, { location = "", offset = "0", length }: Record<string, string>): ExternalTensor {
  return { name, location, offset: Number(offset), ...(length !== undefined && { length: Number(length) }) };
}

/** By element type: the elements of a tensor of which the bytes are little-endian. */
const DECODERS: Readonly<Record<number, ((raw: Buffer) => readonly number[]) | undefined>> = {
  1: (raw) => decode(raw, 4, (at) => raw.readFloatLE(at)),
  6: (raw) => decode(raw, 4, (at) => raw.readInt32LE(at)),
  7: (raw) => decode(raw, 8, (at) => Number(raw.readBigInt64LE(at))),
};

function decode(raw: Buffer, width: number, read: (at: number) => number): readonly number[] {
  return Array.from({ length: Math.floor(raw.length / width) }, (_, i) => read(width * i));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}
