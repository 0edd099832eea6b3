import { emptyRecord } from "../core/empty-record";
import { HttpError } from "../core/http-error";
import { type Datatype, sizeOf, type Tensors, type TensorValue } from "../protocol/datatypes";
import { readRaw, writeRaw } from "../protocol/raw-data";

/** The first byte of every entry. */
const MARKER = 0xc1;
/** The index of a datatype in this list is its number in an entry: only append to it. */
const DATATYPES: readonly Datatype[] = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
];

interface Part {
  readonly name: string;
  readonly nameLength: number;
  readonly tensor: TensorValue;
  readonly bytes: Buffer;
}

/**
 * Encodes tensors as bytes: the marker and the number of tensors (1 byte each), then for each tensor the length of its name
 * (2), its name, its datatype (1), its number of dimensions (1), the dimensions (4 each), the length of its elements (4) and
 * the elements.
 */
export function packTensors(tensors: Tensors): Buffer {
  const parts = Object.entries(tensors).map(([name, tensor]): Part => {
    return { name, nameLength: Buffer.byteLength(name), tensor, bytes: writeRaw(tensor.data) };
  });
  const length = parts.reduce(
    (sum, { nameLength, tensor, bytes }) => sum + 8 + nameLength + 4 * tensor.shape.length + bytes.length,
    2,
  );
  // Not from the pool: a slice of it would keep the whole pool alive.
  const packed = Buffer.allocUnsafeSlow(length);
  packed[0] = MARKER;
  packed[1] = parts.length;
  let at = 2;
  for (const part of parts) at = writePart(packed, at, part);
  return packed;
}

function writePart(packed: Buffer, from: number, { name, nameLength, tensor, bytes }: Part): number {
  let at = packed.writeUInt16LE(nameLength, from);
  at += packed.write(name, at);
  at = packed.writeUInt8(DATATYPES.indexOf(tensor.datatype), at);
  at = packed.writeUInt8(tensor.shape.length, at);
  for (const dimension of tensor.shape) at = packed.writeUInt32LE(dimension, at);
  at = packed.writeUInt32LE(bytes.length, at);
  return at + bytes.copy(packed, at);
}

/** Decodes an entry into new memory; undefined if the bytes are not a valid entry. */
export function unpackTensors(packed: Buffer): Tensors | undefined {
  try {
    return read(packed);
  } catch (error) {
    if (error instanceof RangeError || error instanceof HttpError) return undefined;
    throw error;
  }
}

function read(packed: Buffer): Tensors | undefined {
  if (packed[0] !== MARKER) return undefined;
  const tensors = emptyRecord<TensorValue>();
  let at = 2;
  for (let left = packed.readUInt8(1); left > 0; left--) {
    const nameEnd = at + 2 + packed.readUInt16LE(at);
    const name = packed.toString("utf8", at + 2, nameEnd);
    const datatype = DATATYPES[packed.readUInt8(nameEnd)];
    if (!datatype) return undefined;
    const shape: number[] = [];
    const shapeAt = nameEnd + 2;
    for (let i = packed.readUInt8(nameEnd + 1); i > 0; i--) shape.push(packed.readUInt32LE(shapeAt + 4 * shape.length));
    const lengthAt = shapeAt + 4 * shape.length;
    const start = lengthAt + 4;
    at = start + packed.readUInt32LE(lengthAt);
    if (at > packed.length) return undefined;
    const data = readRaw({ name, datatype, shape }, shape, sizeOf(shape), packed.subarray(start, at));
    tensors[name] = { datatype, shape, data };
  }
  return at === packed.length ? tensors : undefined;
}
