/** One element of a tensor: whole numbers of 64 bits as bigints, texts as strings. */
export type Element = number | bigint | boolean | string;

/** A tensor as its metadata describes it; -1 stands for a dimension that may vary. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** A tensor with its elements, row by row. */
export interface Tensor extends TensorSpec {
  readonly elements: readonly Element[];
}

/** Bytes of one element by datatype of the Open Inference Protocol; BYTES has a length of its own before each. */
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
export type Datatype = keyof typeof ELEMENT_BYTES;

export function isDatatype(text: string): text is Datatype {
  return Object.hasOwn(ELEMENT_BYTES, text);
}

/** Whether JSON can carry the elements: it has no numbers of 16 bits. */
export function fitsJson(datatype: string): boolean {
  return datatype !== "FP16" && datatype !== "BF16";
}

/** How many elements a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** What the elements of a made-up tensor are. */
export type Fill = "zeros" | "ones" | "varied";

/**
 * An element of a made-up tensor. Varied floats are quarters, which every datatype holds exactly; whole numbers stay 0 or
 * 1, for they are often places in a table.
 */
export function sampleElement(datatype: string, fill: Fill, at: number): Element {
  const one = fill === "ones" || (fill === "varied" && at % 2 === 1);
  if (datatype === "BOOL") return one;
  if (datatype === "BYTES") return fill === "varied" ? (one ? "ü" : "a") : one ? "a" : "";
  if (datatype.endsWith("INT64")) return BigInt(one);
  return fill === "varied" && datatype.includes("F") ? (at % 7) / 4 : Number(one);
}
