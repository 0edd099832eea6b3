import { sampleElement, sizeOf, type Fill, type Tensor, type TensorSpec } from "./tensor";

/** Sizes to try for a dimension that a model leaves open: a sequence may have one element, an image may not. */
const SIZES_TRIED = [1, 8, 2, 3, 4, 5, 6, 7, 16, 32, 64, 128, 224, 256];

/** All fills, the most revealing first. */
export const FILLS: readonly Fill[] = ["varied", "zeros", "ones"];

/**
 * Inputs generated from a model's metadata, the most likely first. Only the model itself can tell which of them it
 * accepts.
 */
export function* sampleInputs(inputs: readonly TensorSpec[], fills: readonly Fill[]): Generator<readonly Tensor[]> {
  const isOpen = inputs.some(({ shape }) => shape.slice(1).includes(-1));
  const sizes = isOpen || inputs.some(({ shape }) => shape[0] === -1) ? SIZES_TRIED : [1];
  for (const size of sizes) {
    const firsts = isOpen && size !== 1 ? [1, size] : [isOpen ? 1 : size];
    for (const first of firsts) for (const fill of fills) yield filled(inputs, first, size, fill);
  }
}

function filled(inputs: readonly TensorSpec[], first: number, others: number, fill: Fill): readonly Tensor[] {
  return inputs.map(({ name, datatype, shape }) => {
    const closed = shape.map((dimension, at) => (dimension >= 0 ? dimension : at === 0 ? first : others));
    const elements = Array.from({ length: sizeOf(closed) }, (_, at) => sampleElement(datatype, fill, at));
    return { name, datatype, shape: closed, elements };
  });
}
