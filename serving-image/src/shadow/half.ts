import { createHash, type Hash } from "node:crypto";
import { Refusal } from "../core/refusal";
import type { Seen } from "../observability/instrument";
import { sizeOf, type Tensors, type TensorValue } from "../protocol/datatypes";
import { isObject } from "../protocol/json";
import { readRaw, writeRaw } from "../protocol/raw-data";

/** What one side answered to a request that both sides got: the live server, or its shadow. */
export interface Half {
  /** The id that the router gave the request and its copy. */
  readonly id: string;
  readonly version: string;
  readonly code: number;
  readonly seconds: number;
  /** Tells inputs apart: a hash of them, of their first part where they are large; empty where none were read. */
  readonly inputs: string;
  /** Absent where there is no prediction, or it is too large to be kept. */
  readonly outputs?: PackedTensors;
  readonly isTooLarge: boolean;
}

/** Tensors as bytes, by name: kept and sent without losing a bit. */
export type PackedTensors = Readonly<Record<string, PackedTensor>>;

export interface PackedTensor {
  readonly datatype: TensorValue["datatype"];
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** More of a tensor is not hashed, so that no request holds the others up. */
const HASHED_BYTES = 2 ** 16;

/** @param maxBytes larger predictions are not kept */
export function halfOf(id: string, { version, code, seconds, prediction }: Seen, maxBytes: number): Half {
  const about = { id, version, code, seconds };
  if (!prediction) return { ...about, inputs: "", isTooLarge: false };
  const inputs = hashOf(prediction.request.inputs);
  const outputs = pack(prediction.outputs, maxBytes);
  return outputs ? { ...about, inputs, outputs, isTooLarge: false } : { ...about, inputs, isTooLarge: true };
}

/** A copy of tensors as bytes; undefined where they are larger than allowed. */
export function pack(tensors: Tensors, maxBytes: number): PackedTensors | undefined {
  const packed: Record<string, PackedTensor> = {};
  let left = maxBytes;
  for (const [name, { datatype, shape, data }] of Object.entries(tensors)) {
    if (!Array.isArray(data) && data.byteLength > left) return undefined;
    // A copy, for the data may be a part of a batch, all of which would be kept with it.
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

/** How much memory a half takes, roughly. */
export function bytesOf({ id, outputs = {} }: Half): number {
  const about = 300 + 2 * id.length;
  return Object.values(outputs).reduce((sum, { bytes }) => sum + 200 + bytes.length, about);
}

/** As it is sent: bytes are base64. */
export function toWire(half: Half): object {
  const { outputs, ...about } = half;
  if (!outputs) return about;
  const packed = Object.entries(outputs).map(([name, { bytes, ...rest }]) => [
    name,
    { ...rest, bytes: bytes.toString("base64") },
  ]);
  return { ...about, outputs: Object.fromEntries(packed) };
}

/** Undefined for what is not a half as this version of the server sends it. */
export function fromWire(value: unknown): Half | undefined {
  if (!isObject(value)) return undefined;
  const { id, version, code, seconds, inputs, outputs, isTooLarge } = value;
  const isWhole =
    typeof id === "string" && typeof version === "string" && typeof inputs === "string" && typeof code === "number";
  if (!isWhole || typeof seconds !== "number" || typeof isTooLarge !== "boolean") return undefined;
  const about = { id, version, code, seconds, inputs, isTooLarge };
  if (outputs === undefined) return about;
  if (!isObject(outputs)) return undefined;
  const packed: Record<string, PackedTensor> = {};
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
    if (error instanceof Refusal) return undefined;
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
