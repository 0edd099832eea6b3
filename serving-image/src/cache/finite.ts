import type { Tensors, TensorValue } from "../protocol/datatypes";

const FP16_EXPONENT = 0x7c00;

/** Whether all floats are finite. */
export function hasOnlyFiniteNumbers(tensors: Tensors): boolean {
  for (const name in tensors) {
    const tensor = tensors[name];
    if (tensor && !isFiniteTensor(tensor)) return false;
  }
  return true;
}

function isFiniteTensor({ datatype, data }: TensorValue): boolean {
  if (data instanceof Float32Array || data instanceof Float64Array) return data.every(Number.isFinite);
  return (
    datatype !== "FP16" ||
    !(data instanceof Uint16Array) ||
    data.every((bits) => (bits & FP16_EXPONENT) !== FP16_EXPONENT)
  );
}
