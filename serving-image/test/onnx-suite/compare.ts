import { numbersOf, type SuiteTensor } from "./tensor";

interface Tolerances {
  readonly rtol: number;
  readonly atol: number;
}

/** Whether two tensors have the same type, shape and bytes. */
export function isIdentical(one: SuiteTensor, other: SuiteTensor): boolean {
  if (one.datatype !== other.datatype || String(one.shape) !== String(other.shape)) return false;
  const [a, b] = [one.content, other.content];
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : JSON.stringify(a) === JSON.stringify(b);
}

/** The same without the bits of NaN, of which JSON has only one. */
export function isIdenticalInJson(one: SuiteTensor, other: SuiteTensor): boolean {
  if (isIdentical(one, other)) return true;
  if (one.datatype !== other.datatype || String(one.shape) !== String(other.shape)) return false;
  if (!Buffer.isBuffer(one.content) || !Buffer.isBuffer(other.content)) return false;
  const expected = numbersOf(other.datatype, other.content);
  return numbersOf(one.datatype, one.content).every((element, i) => Object.is(element, expected[i]));
}

/** Whether a tensor is what the suite recorded, within the tolerances of ONNX's own runner (numpy's assert_allclose). */
export function isClose(actual: SuiteTensor, recorded: SuiteTensor, { rtol, atol }: Tolerances): boolean {
  if (isIdentical(actual, recorded)) return true;
  if (actual.datatype !== recorded.datatype || String(actual.shape) !== String(recorded.shape)) return false;
  if (!Buffer.isBuffer(actual.content) || !Buffer.isBuffer(recorded.content)) return false;
  const expected = numbersOf(recorded.datatype, recorded.content);
  return numbersOf(actual.datatype, actual.content).every((element, i) => {
    const [a, b] = [Number(element), Number(expected[i])];
    return Object.is(a, b) || a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b);
  });
}
