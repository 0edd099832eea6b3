import { contract } from "../core/contract";
import { HttpError } from "../core/http-error";
import { type ModelSignature, outputOf, type Tensors, type TensorValue } from "./datatypes";
import { hasOpenBatchDimension } from "./instances-request";
import { numberTexts } from "./json-numbers";

/**
 * Writes `{"predictions": […]}` with one entry for each instance: a row of the only output, or an object with a row of each.
 */
export function writePredictions(signature: ModelSignature, rows: number, outputs: Tensors): string {
  const columns = signature.outputs.map(({ name }) => {
    const output = outputOf(outputs, name);
    return {
      name,
      values: hasOpenBatchDimension(signature.inputs) ? rowsOf(name, output, rows) : [writeWhole(output)],
    };
  });
  const [only] = columns;
  if (columns.length === 1 && only) return `{"predictions":[${only.values.join()}]}`;
  const predictions = Array.from({ length: columns[0]?.values.length ?? 0 }, (_, i) => {
    const members = columns.map(({ name, values }) => `${JSON.stringify(name)}:${values[i]}`);
    return `{${members.join()}}`;
  });
  return `{"predictions":[${predictions.join()}]}`;
}

function rowsOf(name: string, output: TensorValue, rows: number): readonly string[] {
  const { shape } = output;
  if (shape[0] !== rows) {
    const message = `Output "${name}": the model returned shape [${shape.join(", ")}] for ${rows} instances, not one row for each.`;
    throw new HttpError(contract.codes.modelFailure, message);
  }
  const elements = elementsOf(output);
  const width = elements.length / rows;
  return Array.from({ length: rows }, (_, i) => nest(elements.slice(i * width, (i + 1) * width), shape.slice(1)));
}

function writeWhole(output: TensorValue): string {
  return nest(elementsOf(output), output.shape);
}

function elementsOf(output: TensorValue): readonly string[] {
  const { datatype, data } = output;
  if (Array.isArray(data)) return data.map((text) => JSON.stringify(text));
  if (datatype === "BOOL") return Array.from(data, Boolean).map(String);
  return numberTexts(output);
}

function nest(elements: readonly string[], shape: readonly number[]): string {
  const [length, ...inner] = shape;
  if (length === undefined) return elements[0] ?? "null";
  if (inner.length === 0) return `[${elements.join()}]`;
  const width = elements.length / length;
  const parts = Array.from({ length }, (_, i) => nest(elements.slice(i * width, (i + 1) * width), inner));
  return `[${parts.join()}]`;
}
