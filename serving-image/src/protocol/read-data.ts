import { badRequest, type HttpError } from "../core/http-error";
import {
  allocate,
  allocateFloats,
  type BigIntArray,
  type Datatype,
  type NumberArray,
  type TensorData,
} from "./datatypes";
import { LARGEST_FP16, numberToFloat16 } from "./float16";
import { readNonFinite } from "./json-numbers";

const LARGEST_FP32 = 3.4028235677973366e38;

/** Smallest and largest value of each datatype that is a number in JSON. */
const RANGES: Partial<Record<Datatype, readonly [number, number]>> = {
  UINT8: [0, 0xff],
  UINT16: [0, 0xffff],
  UINT32: [0, 0xffffffff],
  INT8: [-0x80, 0x7f],
  INT16: [-0x8000, 0x7fff],
  INT32: [-0x80000000, 0x7fffffff],
  // Larger numbers would be rounded to infinity.
  FP16: [-LARGEST_FP16, LARGEST_FP16],
  FP32: [-LARGEST_FP32, LARGEST_FP32],
  FP64: [-Number.MAX_VALUE, Number.MAX_VALUE],
};

const LARGE_RANGES: Partial<Record<Datatype, readonly [bigint, bigint]>> = {
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  UINT64: [0n, 2n ** 64n - 1n],
};

/** The parsed `data`, and on demand the same with all digits of integers that a double cannot represent. */
interface JsonData {
  readonly data: unknown;
  readonly exactData: () => unknown;
}

/** Reads the `data` of an input, flat or nested, into an array of its datatype. */
export function readData(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  size: number,
  json: JsonData,
): TensorData {
  const flat = flatten(name, shape, size, json.data);
  switch (datatype) {
    case "FP16":
    case "FP32":
    case "FP64":
      return readFloats(name, datatype, flat);
    case "BYTES":
      return readStrings(name, flat);
    case "BOOL":
      return readBooleans(name, flat);
    case "INT64":
    case "UINT64":
      return readLargeIntegers(name, datatype, flat, () => flatten(name, shape, size, json.exactData()));
    default:
      return readIntegers(name, datatype, flat);
  }
}

function flatten(name: string, shape: readonly number[], size: number, data: unknown): readonly unknown[] {
  if (!Array.isArray(data)) throw badRequest(`Input "${name}": data is not an array.`);
  const flat: unknown[] = Array.isArray(data[0]) && shape.length > 1 ? [] : data;
  if (flat !== data) flattenInto(flat, name, shape, 0, data);
  if (flat.length !== size) {
    throw badRequest(
      `Input "${name}": shape [${shape.join(", ")}] needs ${size} elements, but data has ${flat.length}.`,
    );
  }
  return flat;
}

function flattenInto(flat: unknown[], name: string, shape: readonly number[], level: number, data: unknown): void {
  if (level === shape.length) {
    flat.push(data);
    return;
  }
  if (!Array.isArray(data) || data.length !== shape[level]) {
    const found = Array.isArray(data) ? `${data.length} elements` : "a value that is not an array";
    throw badRequest(
      `Input "${name}": data has ${found} at level ${level + 1}, but shape [${shape.join(", ")}] needs ${shape[level]}.`,
    );
  }
  for (const part of data) flattenInto(flat, name, shape, level + 1, part);
}

function readFloats(name: string, datatype: Datatype, flat: readonly unknown[]): TensorData {
  const [min, max] = RANGES[datatype] ?? [0, 0];
  const data = datatype === "FP32" ? allocateFloats(flat.length) : (allocate(datatype, flat.length) as NumberArray);
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i];
    const number = typeof value === "number" && value >= min && value <= max ? value : readNonFinite(value);
    if (number === undefined) throw badElement(name, datatype, i, value);
    data[i] = datatype === "FP16" ? numberToFloat16(number) : number;
  }
  return data;
}

function readIntegers(name: string, datatype: Datatype, flat: readonly unknown[]): TensorData {
  const [min, max] = RANGES[datatype] ?? [0, 0];
  const data = allocate(datatype, flat.length) as NumberArray;
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i];
    if (typeof value !== "number" || !(value >= min && value <= max) || !Number.isInteger(value)) {
      throw badElement(name, datatype, i, value);
    }
    data[i] = value;
  }
  return data;
}

function readLargeIntegers(
  name: string,
  datatype: "INT64" | "UINT64",
  flat: readonly unknown[],
  exact: () => readonly unknown[],
): TensorData {
  const data = allocate(datatype, flat.length) as BigIntArray;
  const [min, max] = LARGE_RANGES[datatype] ?? [0n, 0n];
  let digits: readonly unknown[] | undefined;
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i];
    if (typeof value !== "number" || !Number.isInteger(value)) throw badElement(name, datatype, i, value);
    if (!Number.isSafeInteger(value)) digits ??= exact();
    const integer = integerOf(digits ? digits[i] : value);
    if (integer === undefined || integer < min || integer > max) throw badElement(name, datatype, i, value);
    data[i] = integer;
  }
  return data;
}

/** A number such as 1e17 does not have all of its digits, so its exact value is unknown. */
function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "string") return BigInt(value);
  return Number.isSafeInteger(value) ? BigInt(Number(value)) : undefined;
}

function readBooleans(name: string, flat: readonly unknown[]): TensorData {
  return Uint8Array.from(flat, (value, i) => {
    if (typeof value !== "boolean") throw badElement(name, "BOOL", i, value);
    return Number(value);
  });
}

function readStrings(name: string, flat: readonly unknown[]): TensorData {
  return Array.from(flat, (value, i) => {
    if (typeof value !== "string") throw badElement(name, "BYTES", i, value);
    return value;
  });
}

function badElement(name: string, datatype: Datatype, i: number, value: unknown): HttpError {
  // A number such as 1e400 is parsed as an infinity, which JSON.stringify would show as null.
  if (value === Infinity || value === -Infinity) {
    const largest = value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
    return badRequest(
      `Input "${name}": element ${i} of data is a number beyond ${largest}, which is not a valid ${datatype}.`,
    );
  }
  const shown = JSON.stringify(value);
  const short = shown.length > 40 ? `${shown.slice(0, 37)}...` : shown;
  return badRequest(`Input "${name}": element ${i} of data is ${short}, which is not a valid ${datatype}.`);
}
