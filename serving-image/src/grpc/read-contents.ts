import { badRequest } from "../core/http-error";
import type { Datatype, TensorData, TensorSpec } from "../protocol/datatypes";
import { textOf } from "../protocol/raw-data";
import { readData } from "../protocol/read-data";
import type { TensorContents } from "./messages";

/** The field that carries each datatype; 16-bit floats have none. */
const FIELDS: Readonly<Partial<Record<Datatype, keyof TensorContents>>> = {
  BOOL: "bool_contents",
  INT8: "int_contents",
  INT16: "int_contents",
  INT32: "int_contents",
  INT64: "int64_contents",
  UINT8: "uint_contents",
  UINT16: "uint_contents",
  UINT32: "uint_contents",
  UINT64: "uint64_contents",
  FP32: "fp32_contents",
  FP64: "fp64_contents",
  BYTES: "bytes_contents",
};

/** Reads the elements of an input from the field that carries its datatype. */
export function readContents(
  spec: TensorSpec,
  shape: readonly number[],
  size: number,
  contents: TensorContents | null,
): TensorData {
  const { name, datatype } = spec;
  const field = FIELDS[datatype];
  if (!field) throw badRequest(`Input "${name}": ${datatype} can only be carried in raw_input_contents.`);
  if (!contents) throw badRequest(`Input "${name}": neither contents nor raw_input_contents is given.`);
  rejectOtherFields(name, datatype, field, contents);
  const count = contents[field].length;
  if (count !== size) {
    throw badRequest(`Input "${name}": shape [${shape.join(", ")}] needs ${size} elements, but ${field} has ${count}.`);
  }
  return read(spec, shape, size, field, contents);
}

function read(
  { name, datatype }: TensorSpec,
  shape: readonly number[],
  size: number,
  field: keyof TensorContents,
  contents: TensorContents,
): TensorData {
  switch (field) {
    case "bool_contents":
      return Uint8Array.from(contents.bool_contents, Number);
    case "int64_contents":
      return BigInt64Array.from(contents.int64_contents, BigInt);
    case "uint64_contents":
      return BigUint64Array.from(contents.uint64_contents, BigInt);
    case "fp32_contents":
      return Float32Array.from(contents.fp32_contents);
    case "fp64_contents":
      return Float64Array.from(contents.fp64_contents);
    case "bytes_contents":
      return contents.bytes_contents.map((bytes, i) => textOf(name, i, bytes));
    default: {
      // The wire type is wider than the datatype, so every element has to be checked.
      const data = contents[field];
      return readData(name, datatype, shape, size, { data, exactData: () => data });
    }
  }
}

function rejectOtherFields(
  name: string,
  datatype: Datatype,
  field: keyof TensorContents,
  contents: TensorContents,
): void {
  for (const [other, values] of Object.entries(contents)) {
    if (other !== field && values.length > 0) {
      throw badRequest(`Input "${name}": ${other} has elements, but ${datatype} is carried in ${field}.`);
    }
  }
}
