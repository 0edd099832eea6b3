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

/** The element that stands for a small number in a datatype. */
export function elementOf(datatype: string, value: 0 | 1): Element {
  if (datatype === "BOOL") return value === 1;
  if (datatype === "BYTES") return value === 1 ? "a" : "";
  return datatype.endsWith("INT64") ? BigInt(value) : value;
}
