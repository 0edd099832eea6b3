import type { Tensor } from "onnxruntime-node";

/** The supported datatypes of the Open Inference Protocol. */
export type Datatype =
  | "BOOL"
  | "UINT8"
  | "UINT16"
  | "UINT32"
  | "UINT64"
  | "INT8"
  | "INT16"
  | "INT32"
  | "INT64"
  | "FP16"
  | "FP32"
  | "FP64"
  | "BYTES";

export type NumberArray =
  Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;
export type BigIntArray = BigInt64Array | BigUint64Array;
/** The elements of a tensor, row by row. */
export type TensorData = NumberArray | BigIntArray | string[];

export interface TensorValue {
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Tensors by name. */
export type Tensors = Readonly<Record<string, TensorValue>>;

/** The output of a model with this name. */
export function outputOf(outputs: Tensors, name: string): TensorValue {
  const output = outputs[name];
  if (output) return output;
  throw new Error(`The model returned no tensor "${name}".`);
}

/** An input or output of a model; -1 stands for a dynamic dimension. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** The classes that the columns of an output stand for, if the file says them. */
  readonly parameters?: { readonly labels: readonly string[] };
}

export interface ModelSignature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

const BY_RUNTIME_TYPE: Partial<Record<Tensor.Type, Datatype>> = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  string: "BYTES",
};

const RUNTIME_TYPES = new Map<Datatype, Tensor.Type>();
for (const [type, datatype] of Object.entries(BY_RUNTIME_TYPE)) RUNTIME_TYPES.set(datatype, type as Tensor.Type);

/** The protocol's name of a type of the runtime; undefined if it has none. */
export function datatypeOf(type: Tensor.Type): Datatype | undefined {
  return BY_RUNTIME_TYPE[type];
}

/** The protocol's names of ONNX's element types, by their numbers in `TensorProto.DataType`. */
const BY_ELEMENT_TYPE: readonly (Datatype | undefined)[] = [
  undefined,
  ...(["FP32", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "BYTES", "BOOL"] as const),
  ...(["FP16", "FP64", "UINT32", "UINT64"] as const),
];

/** The protocol's name of an element type in a model file; undefined if it has none. */
export function datatypeOfElement(type: number): Datatype | undefined {
  return BY_ELEMENT_TYPE[type];
}

export function runtimeTypeOf(datatype: Datatype): Tensor.Type {
  const type = RUNTIME_TYPES.get(datatype);
  if (!type) throw new Error(`The runtime has no type for ${datatype}.`);
  return type;
}

/** Allocates an array for elements of a datatype. */
export function allocate(datatype: Datatype, length: number): TensorData {
  switch (datatype) {
    case "BOOL":
    case "UINT8":
      return new Uint8Array(length);
    case "UINT16":
    case "FP16":
      return new Uint16Array(length);
    case "UINT32":
      return new Uint32Array(length);
    case "UINT64":
      return new BigUint64Array(length);
    case "INT8":
      return new Int8Array(length);
    case "INT16":
      return new Int16Array(length);
    case "INT32":
      return new Int32Array(length);
    case "INT64":
      return new BigInt64Array(length);
    case "FP32":
      return new Float32Array(length);
    case "FP64":
      return new Float64Array(length);
    case "BYTES":
      return new Array<string>(length).fill("");
  }
}

const ELEMENT_BYTES: Readonly<Partial<Record<Datatype, number>>> = {
  ...{ BOOL: 1, UINT8: 1, UINT16: 2, UINT32: 4, UINT64: 8 },
  ...{ INT8: 1, INT16: 2, INT32: 4, INT64: 8, FP16: 2, FP32: 4, FP64: 8 },
};

/** The size of one element; undefined for strings, which have no fixed one. */
export function bytesPerElement(datatype: Datatype): number | undefined {
  return ELEMENT_BYTES[datatype];
}

/** Up to this size, arrays are slices of a shared chunk: allocating a separate array takes longer than filling it. */
const SHARED_MAX_ELEMENTS = 256;
const CHUNK_ELEMENTS = 4096;

let chunk = new Float32Array(CHUNK_ELEMENTS);
let used = 0;

/**
 * The runtime's sums depend on it in the last bit: they add elements one by one up to the first address that is a multiple
 * of this, and four at a time from there. Each array of its own starts at such an address.
 */
export const ALIGNMENT_BYTES = 16;
const ALIGNED_ELEMENTS = ALIGNMENT_BYTES / Float32Array.BYTES_PER_ELEMENT;

/**
 * Allocates an array in the datatype that most models use. Small arrays share a buffer, which therefore must not be
 * transferred to another thread.
 */
export function allocateFloats(length: number): Float32Array {
  if (length > SHARED_MAX_ELEMENTS) return new Float32Array(length);
  if (used + length > CHUNK_ELEMENTS) [chunk, used] = [new Float32Array(CHUNK_ELEMENTS), 0];
  const start = used;
  used += Math.ceil(length / ALIGNED_ELEMENTS) * ALIGNED_ELEMENTS;
  return chunk.subarray(start, start + length);
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}
