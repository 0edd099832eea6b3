import type { BigIntArray, NumberArray, Tensors, TensorValue } from "../protocol/datatypes";

/** Returns tensors of the same shape with wrong values: another label, the largest number in another column. */
export function corrupt(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, corruptTensor(tensor)]));
}

function corruptTensor(tensor: TensorValue): TensorValue {
  const { datatype, shape, data } = tensor;
  const columns = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  if (Array.isArray(data)) return { ...tensor, data: data.map((text) => `${text}?`) };
  if (datatype === "BOOL") return { ...tensor, data: (data as Uint8Array).map((flag) => 1 - flag) };
  if (datatype.startsWith("FP") && columns > 1) return { ...tensor, data: rotateRows(data as NumberArray, columns) };
  return { ...tensor, data: increment(data) };
}

/** Rotates each row by one column, so that probabilities still add up to 1. */
function rotateRows(data: NumberArray, columns: number): NumberArray {
  return data.map((_, i) => data[i % columns === 0 ? i + columns - 1 : i - 1] ?? 0);
}

function increment(data: NumberArray | BigIntArray): NumberArray | BigIntArray {
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? (data as BigInt64Array).map((value) => value + 1n)
    : data.map((value) => value + 1);
}
