import { badRequest } from "../core/http-error";
import { bytesPerElement, type ModelSignature, type TensorSpec } from "./datatypes";
import type { InferDraft, InputDraft } from "./inference";
import { readRaw, textOf } from "./raw-data";

/** Reads a request whose body consists of only the bytes of the model's single input; all outputs are then binary. */
export function readRawRequest({ inputs }: ModelSignature, bytes: Buffer): InferDraft {
  const [spec] = inputs;
  if (!spec || inputs.length > 1) {
    throw badRequest(`A raw request has one input, but the model has ${inputs.length}: send JSON with binary data.`);
  }
  const { name, datatype } = spec;
  const shape = shapeOf(spec, bytes.length);
  const read: InputDraft["read"] = (model, full, size) =>
    datatype === "BYTES" ? [readText(name, size, bytes)] : readRaw(model, full, size, bytes);
  return { inputs: [{ name, datatype, shape, read }], outputs: [], isBinary: true };
}

/** The number of bytes determines one dynamic dimension. If there are two, the first is the batch dimension, of size 1. */
function shapeOf({ name, datatype, shape }: TensorSpec, byteLength: number): readonly number[] {
  const elementBytes = bytesPerElement(datatype);
  if (elementBytes === undefined) return shape.map((size) => (size === -1 ? 1 : size));
  const isOneRow = shape[0] === -1 && shape.filter((size) => size === -1).length > 1;
  const known = isOneRow ? [1, ...shape.slice(1)] : shape;
  const open = known.filter((size) => size === -1).length;
  if (open === 0) return known;
  if (open > 1) {
    throw badRequest(
      `Input "${name}": a raw request does not determine the shape [${shape.join(", ")}]: send JSON with the shape.`,
    );
  }
  const step = known.reduce((bytes, size) => (size === -1 ? bytes : bytes * size), elementBytes);
  if (byteLength === 0 || byteLength % step !== 0) {
    const message = `[${known.join(", ")}] of ${datatype} needs a multiple of ${step} bytes, but has ${byteLength}.`;
    throw badRequest(`Input "${name}": ${message}`);
  }
  return known.map((size) => (size === -1 ? byteLength / step : size));
}

/** The string has no length prefix here: it is the whole body. */
function readText(name: string, size: number, bytes: Buffer): string {
  if (size === 1) return textOf(name, 0, bytes);
  throw badRequest(`Input "${name}": a raw request has one string, but the model expects ${size}.`);
}
