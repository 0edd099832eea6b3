/** One element of a tensor: 64-bit integers as bigints, texts as strings. */
export type Element = number | bigint | boolean | string;

/** A tensor as metadata describes it; -1 is a dimension that may vary. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** A tensor with its elements, row by row. */
export interface Tensor extends TensorSpec {
  readonly elements: readonly Element[];
}

/** Bytes of one element, by datatype of the Open Inference Protocol; for BYTES, of the length before each element. */
export const ELEMENT_BYTES = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 4,
} as const;
type Datatype = keyof typeof ELEMENT_BYTES;

export function isDatatype(text: string): text is Datatype {
  return Object.hasOwn(ELEMENT_BYTES, text);
}

/** Whether the protocol's JSON can represent the elements: it has no 16-bit floats. */
export function fitsJson(datatype: string): boolean {
  return datatype !== "FP16" && datatype !== "BF16";
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** The elements of a generated tensor. */
export type Fill = "zeros" | "ones" | "varied";

/**
 * An element of a generated tensor. Varied floats are quarters, which every datatype represents exactly. Integers are 0 or
 * 1, because they are often indices into a table.
 */
export function sampleElement(datatype: string, fill: Fill, at: number): Element {
  const one = fill === "ones" || (fill === "varied" && at % 2 === 1);
  if (datatype === "BOOL") return one;
  if (datatype === "BYTES") return fill === "varied" ? (one ? "ü" : "a") : one ? "a" : "";
  if (datatype.endsWith("INT64")) return BigInt(one);
  return fill === "varied" && datatype.includes("F") ? (at % 7) / 4 : Number(one);
}
