import { fitsJson, type Element, type Tensor } from "../../protocol/tensor";
import type { GrpcAnswer } from "./client";

/** Whether `contents` has a field for a datatype: 16-bit floats have none. */
export const fitsContents = fitsJson;

/** The elements in the field of `InferTensorContents` for their datatype. */
export function contentsOf({ datatype, elements }: Tensor): object {
  const values = elements.map((element) => {
    if (typeof element === "bigint") return String(element);
    return datatype === "BYTES" ? Buffer.from(String(element)) : element;
  });
  return { [memberOf(datatype)]: values };
}

export function elementsOf(datatype: string, contents: GrpcAnswer): Element[] {
  const values = (contents[memberOf(datatype)] ?? []) as (Buffer | string | number | boolean)[];
  return values.map((value) => {
    if (Buffer.isBuffer(value)) return value.toString();
    return typeof value === "string" ? BigInt(value) : value;
  });
}

function memberOf(datatype: string): string {
  if (datatype === "BOOL") return "bool_contents";
  if (datatype === "BYTES") return "bytes_contents";
  if (datatype === "INT64") return "int64_contents";
  if (datatype === "UINT64") return "uint64_contents";
  if (datatype === "FP32") return "fp32_contents";
  if (datatype === "FP64") return "fp64_contents";
  return datatype.startsWith("U") ? "uint_contents" : "int_contents";
}
