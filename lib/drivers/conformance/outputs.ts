import { type Element, isDatatype, sizeOf, type TensorSpec } from "../protocol/tensor";
import { readElements } from "../protocol/tensor-bytes";
import { jsonOf, type HttpReply } from "./http/client";
import { Mismatch } from "./item";

/** An output of an answer. */
export interface Output extends TensorSpec {
  readonly elements: readonly Element[];
  /** Whether it came as bytes. */
  readonly asBytes: boolean;
}

interface JsonOutput extends TensorSpec {
  readonly data?: unknown;
  readonly parameters?: { readonly binary_data_size?: number };
}

/** Reads the outputs of an answer, from JSON or from the bytes that follow it. */
export function outputsOf(reply: HttpReply): Output[] {
  if (reply.status !== 200) throw new Mismatch(`${reply.status} ${reply.body.toString("utf8", 0, 200)}`);
  const { outputs } = jsonOf(reply);
  if (!Array.isArray(outputs)) throw new Mismatch("an answer without `outputs`");
  const length = reply.headers["inference-header-content-length"];
  let at = length === undefined ? reply.body.length : Number(length);
  const read = (outputs as JsonOutput[]).map((output) => {
    const size = output.parameters?.binary_data_size;
    if (size === undefined) return checked(output, flat(output.data) as Element[], false);
    const bytes = reply.body.subarray(at, (at += size));
    return checked(output, readElements(output.datatype, bytes), true);
  });
  if (at !== reply.body.length) throw new Mismatch(`${reply.body.length - at} bytes belong to no output`);
  return read;
}

/** Checks that an output has as many elements as its shape says. */
export function checked(spec: TensorSpec, elements: readonly Element[] | undefined, asBytes: boolean): Output {
  const { name, datatype, shape } = spec;
  if (!isDatatype(datatype)) throw new Mismatch(`output ${name} has the unknown datatype ${datatype}`);
  if (!Array.isArray(shape)) throw new Mismatch(`output ${name} has no shape`);
  if (elements === undefined) throw new Mismatch(`the bytes of output ${name} do not fit ${datatype}`);
  if (elements.length !== sizeOf(shape)) {
    throw new Mismatch(`output ${name} has ${elements.length} elements, and the shape [${shape.join(", ")}]`);
  }
  return { name, datatype, shape, elements, asBytes };
}

function flat(data: unknown): unknown[] {
  if (!Array.isArray(data)) throw new Mismatch("an output without `data`");
  return data.flat(Infinity);
}

/** Two answers to one request must agree; the representation of numbers may cost their last digits. */
export function mustAgree(outputs: readonly Output[], reference: readonly Output[]): void {
  const names = (list: readonly Output[]) =>
    list
      .map(({ name }) => name)
      .sort()
      .join(", ");
  if (names(outputs) !== names(reference)) throw new Mismatch(`outputs ${names(outputs)}, not ${names(reference)}`);
  for (const output of outputs) {
    const other = reference.find(({ name }) => name === output.name);
    if (other === undefined || String(other.shape) !== String(output.shape)) {
      throw new Mismatch(`output ${output.name} has the shape [${output.shape.join(", ")}]`);
    }
    const at = output.elements.findIndex((element, i) => !isAlike(element, other.elements[i]));
    if (at === -1) continue;
    throw new Mismatch(`output ${output.name} differs: ${output.elements[at]}, not ${other.elements[at]}`);
  }
}

function isAlike(one: Element | undefined, other: Element | undefined): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  const [a, b] = [Number(one), Number(other)];
  return Object.is(a, b) || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));
}
