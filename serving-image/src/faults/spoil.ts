import type { BigIntArray, NumberArray, Tensors, TensorValue } from "../protocol/datatypes";

/** Tensors of the same form with other values: another label, another place of the largest number. */
export function spoil(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, spoilTensor(tensor)]));
}

function spoilTensor(tensor: TensorValue): TensorValue {
  const { datatype, shape, data } = tensor;
  const columns = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  if (Array.isArray(data)) return { ...tensor, data: data.map((text) => `${text}?`) };
  if (datatype === "BOOL") return { ...tensor, data: (data as Uint8Array).map((flag) => 1 - flag) };
  if (datatype.startsWith("FP") && columns > 1) return { ...tensor, data: turned(data as NumberArray, columns) };
  return { ...tensor, data: oneMore(data) };
}

/** Each row with its values moved on by one place: what adds up to 1 still does. */
function turned(data: NumberArray, columns: number): NumberArray {
  return data.map((_, i) => data[i % columns === 0 ? i + columns - 1 : i - 1] ?? 0);
}

function oneMore(data: NumberArray | BigIntArray): NumberArray | BigIntArray {
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? (data as BigInt64Array).map((value) => value + 1n)
    : data.map((value) => value + 1);
}
