import { createHash, type Hash } from "node:crypto";
import { emptyRecord } from "../core/empty-record";
import { HttpError } from "../core/http-error";
import type { ObservedRequest } from "../observability/instrument";
import { sizeOf, type Tensors, type TensorValue } from "../protocol/datatypes";
import { isObject } from "../protocol/json";
import { readRaw, writeRaw } from "../protocol/raw-data";

/** What one side, live or shadow, answered to a mirrored request. */
export interface PredictionRecord {
  /** The request id, which the router sets on both copies. */
  readonly id: string;
  readonly version: string;
  readonly code: number;
  readonly seconds: number;
  /** Hash of the inputs, or of the first part of large ones; empty if none were read. */
  readonly inputs: string;
  /** Undefined if there is no prediction, or if it is too large to keep. */
  readonly outputs?: PackedTensors;
  readonly isTooLarge: boolean;
}

/** Tensors as bytes, by name, without loss of precision. */
export type PackedTensors = Readonly<Record<string, PackedTensor>>;

interface PackedTensor {
  readonly datatype: TensorValue["datatype"];
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** Only this much of a tensor is hashed, so that no request delays the others. */
const HASHED_BYTES = 2 ** 16;

/** @param maxBytes larger predictions are not kept */
export function toPredictionRecord(
  id: string,
  { version, code, seconds, prediction }: ObservedRequest,
  maxBytes: number,
): PredictionRecord {
  const about = { id, version, code, seconds };
  if (!prediction) return { ...about, inputs: "", isTooLarge: false };
  const inputs = hashOf(prediction.request.inputs);
  const outputs = packWithin(prediction.outputs, maxBytes);
  return outputs ? { ...about, inputs, outputs, isTooLarge: false } : { ...about, inputs, isTooLarge: true };
}

/** Copies tensors as bytes; undefined if they are larger than allowed. */
export function packWithin(tensors: Tensors, maxBytes: number): PackedTensors | undefined {
  const packed = emptyRecord<PackedTensor>();
  let left = maxBytes;
  for (const [name, { datatype, shape, data }] of Object.entries(tensors)) {
    if (!Array.isArray(data) && data.byteLength > left) return undefined;
    // A copy, since the data may be a slice of a batch, all of which would stay in memory with it.
    const bytes = Buffer.from(writeRaw(data));
    left -= bytes.length;
    if (left < 0) return undefined;
    packed[name] = { datatype, shape, bytes };
  }
  return packed;
}

export function unpackTensor(name: string, { datatype, shape, bytes }: PackedTensor): TensorValue {
  return { datatype, shape, data: readRaw({ name, datatype, shape }, shape, sizeOf(shape), bytes) };
}

/** Approximate memory of a record. */
export function bytesOf({ id, outputs = {} }: PredictionRecord): number {
  const about = 300 + 2 * id.length;
  return Object.values(outputs).reduce((sum, { bytes }) => sum + 200 + bytes.length, about);
}

/** The JSON form, with bytes in base64. */
export function toWire(record: PredictionRecord): object {
  const { outputs, ...about } = record;
  if (!outputs) return about;
  const packed = Object.entries(outputs).map(([name, { bytes, ...rest }]) => [
    name,
    { ...rest, bytes: bytes.toString("base64") },
  ]);
  return { ...about, outputs: Object.fromEntries(packed) };
}

/** Parses the JSON form; undefined if it is not what this version of the server sends. */
export function fromWire(value: unknown): PredictionRecord | undefined {
  if (!isObject(value)) return undefined;
  const { id, version, code, seconds, inputs, outputs, isTooLarge } = value;
  const isValid =
    typeof id === "string" && typeof version === "string" && typeof inputs === "string" && typeof code === "number";
  if (!isValid || typeof seconds !== "number" || typeof isTooLarge !== "boolean") return undefined;
  const about = { id, version, code, seconds, inputs, isTooLarge };
  if (outputs === undefined) return about;
  if (!isObject(outputs)) return undefined;
  const packed = emptyRecord<PackedTensor>();
  for (const [name, output] of Object.entries(outputs)) {
    const tensor = tensorFromWire(name, output);
    if (!tensor) return undefined;
    packed[name] = tensor;
  }
  return { ...about, outputs: packed };
}

function tensorFromWire(name: string, value: unknown): PackedTensor | undefined {
  if (!isObject(value) || typeof value.bytes !== "string" || !Array.isArray(value.shape)) return undefined;
  const { datatype, shape } = value as unknown as PackedTensor;
  const tensor = { datatype, shape, bytes: Buffer.from(value.bytes, "base64") };
  try {
    unpackTensor(name, tensor);
    return tensor;
  } catch (error) {
    if (error instanceof HttpError) return undefined;
    throw error;
  }
}

function hashOf(tensors: Tensors): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(tensors).sort()) {
    const tensor = tensors[name];
    if (tensor) addTo(hash, name, tensor);
  }
  return hash.digest("hex");
}

function addTo(hash: Hash, name: string, { datatype, shape, data }: TensorValue): void {
  hash.update(`${name} ${datatype} ${shape.join()};`);
  if (!Array.isArray(data)) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, Math.min(data.byteLength, HASHED_BYTES)));
    return;
  }
  let left = HASHED_BYTES;
  for (const text of data) {
    hash.update(JSON.stringify(text.slice(0, left)));
    left -= text.length;
    if (left <= 0) return;
  }
}
