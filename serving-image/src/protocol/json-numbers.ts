import { float16ToNumber } from "./float16";
import type { NumberArray, TensorData, TensorValue } from "./datatypes";

/** What stands in JSON for the floats that it has no numbers for. Protocol Buffers write them in the same way. */
const NOT_FINITE = new Map<unknown, number>([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  // As MLServer accepts it.
  [null, NaN],
]);

/** NaN or an infinity from its form in JSON; undefined for anything else. */
export function readNonFinite(value: unknown): number | undefined {
  return NOT_FINITE.get(value);
}

/** The elements of a tensor of numbers as a JSON array. Each reads back as the same number. */
export function writeNumbers(tensor: TensorValue): string {
  const numbers = numbersOf(tensor);
  return isPlain(numbers) ? `[${numbers.join()}]` : `[${textsOf(numbers).join()}]`;
}

/** The same elements one by one. */
export function numberTexts(tensor: TensorValue): readonly string[] {
  return textsOf(numbersOf(tensor));
}

type Numbers = Exclude<TensorData, string[]> | readonly number[];

function numbersOf({ datatype, data }: TensorValue): Numbers {
  return datatype === "FP16" ? Array.from(data as NumberArray, float16ToNumber) : (data as Numbers);
}

/** Whether JavaScript's own text of every number is right: not for NaN, the infinities and −0. */
function isPlain(numbers: Numbers): boolean {
  if (!(numbers instanceof Float32Array || numbers instanceof Float64Array || Array.isArray(numbers))) return true;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number;
    if (number - number !== 0 || (number === 0 && 1 / number < 0)) return false;
  }
  return true;
}

function textsOf(numbers: Numbers): string[] {
  const texts: string[] = [];
  for (const number of numbers) texts.push(textOf(number));
  return texts;
}

function textOf(number: number | bigint): string {
  if (typeof number === "bigint" || Number.isFinite(number)) return Object.is(number, -0) ? "-0" : String(number);
  return `"${number}"`;
}
