import { isUtf8 } from "node:buffer";
import { badRequest } from "../core/http-error";
import {
  allocate,
  allocateFloats,
  type BigIntArray,
  bytesPerElement,
  type NumberArray,
  type TensorData,
  type TensorSpec,
} from "./datatypes";

const LENGTH_BYTES = 4;

/** Reads the elements of an input from bytes: little-endian, row by row, without padding. */
export function readRaw(
  { name, datatype }: TensorSpec,
  shape: readonly number[],
  size: number,
  bytes: Buffer,
): TensorData {
  const elementBytes = bytesPerElement(datatype);
  if (elementBytes === undefined) return readStrings(name, shape, size, bytes);
  const expected = size * elementBytes;
  if (bytes.length !== expected) {
    throw badRequest(
      `Input "${name}": shape [${shape.join(", ")}] of ${datatype} needs ${expected} bytes, but has ${bytes.length}.`,
    );
  }
  // Always a copy: the bytes may have any offset in the request, but a typed array needs an aligned one.
  const data = datatype === "FP32" ? allocateFloats(size) : (allocate(datatype, size) as NumberArray | BigIntArray);
  new Uint8Array(data.buffer, data.byteOffset, expected).set(bytes);
  if (datatype === "BOOL") {
    const bad = bytes.findIndex((byte) => byte > 1);
    if (bad >= 0) throw badRequest(`Input "${name}": byte ${bad} is ${bytes[bad]}, but BOOL is 0 or 1.`);
  }
  return data;
}

/** Writes the elements of an output as bytes, in the same format. */
export function writeRaw(data: TensorData): Buffer {
  if (!Array.isArray(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const bytes = Buffer.allocUnsafe(data.reduce((sum, text) => sum + LENGTH_BYTES + Buffer.byteLength(text), 0));
  let at = 0;
  for (const text of data) {
    const length = bytes.write(text, at + LENGTH_BYTES);
    bytes.writeUInt32LE(length, at);
    at += LENGTH_BYTES + length;
  }
  return bytes;
}

/** Each string is preceded by its length. */
function readStrings(name: string, shape: readonly number[], size: number, bytes: Buffer): TensorData {
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + LENGTH_BYTES;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : Infinity;
    if (end > bytes.length) throw badRequest(`Input "${name}": the bytes end within element ${texts.length}.`);
    texts.push(textOf(name, texts.length, bytes.subarray(start, end)));
    at = end;
  }
  if (texts.length === size) return texts;
  throw badRequest(
    `Input "${name}": shape [${shape.join(", ")}] needs ${size} elements, but the bytes contain ${texts.length}.`,
  );
}

/** Decodes one element of BYTES; the runtime only supports UTF-8. */
export function textOf(name: string, i: number, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw badRequest(`Input "${name}": element ${i} is not valid UTF-8, which this server requires for BYTES.`);
}
