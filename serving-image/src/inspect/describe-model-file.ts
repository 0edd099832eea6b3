import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { allNodesOfModel } from "../model/graph/all-nodes";
import { readOnnxFile } from "../model/graph/read-onnx";
import type { OnnxGraph, OnnxModel, OnnxType, OnnxValue } from "../model/graph/onnx-model";
import { type RowIndependence, rowIndependenceOf } from "../model/graph/rows/row-independence";
import { datatypeOfElement } from "../protocol/datatypes";

/** What a model file contains. */
interface ModelFileDescription {
  readonly file: string;
  readonly bytes: number;
  readonly irVersion: number;
  readonly producer: string;
  /** Versions of the operator sets by their domains. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly DescribedValue[];
  readonly outputs: readonly DescribedValue[];
  /** How often each operator occurs, also in parts of the graph that run under a condition. */
  readonly operators: Readonly<Record<string, number>>;
  readonly parameters: { readonly count: number; readonly bytes: number };
  /** Other files that hold tensors of the model. */
  readonly externalFiles: readonly ExternalFile[];
  readonly rows: RowIndependence;
  readonly metadata: Readonly<Record<string, string>>;
}

interface DescribedValue {
  readonly name: string;
  /** A datatype of the protocol, or what it is instead of a tensor. */
  readonly type: string;
  /** Missing if the file does not say it. A name or `?` stands for an open dimension. */
  readonly shape?: readonly (number | string)[];
}

interface ExternalFile {
  readonly location: string;
  /** Missing if there is no such file. */
  readonly bytes?: number;
  readonly tensors: number;
}

/** Reads a model file; throws if it is not one. */
export function describeModelFile(file: string): ModelFileDescription {
  const model = readOnnxFile(file);
  const { graph, irVersion, producer, opsets, metadata } = model;
  const constants = new Set(graph.initializers.map(({ name }) => name));
  return {
    file,
    bytes: statSync(file).size,
    irVersion,
    producer,
    opsets: Object.fromEntries([...opsets].map(([domain, version]) => [domain || "ai.onnx", version])),
    inputs: graph.inputs.filter(({ name }) => !constants.has(name)).map(describeValue),
    outputs: graph.outputs.map(describeValue),
    operators: countOperators(model),
    parameters: parametersOf(graph),
    externalFiles: externalFilesOf(file, model),
    rows: rowIndependenceOf(model),
    metadata,
  };
}

function describeValue({ name, type }: OnnxValue): DescribedValue {
  const shape = type.shape?.map((size) => size ?? "?");
  return { name, type: describeType(type), ...(shape && { shape }) };
}

function describeType({ kind, elementType = 0, of }: OnnxType): string {
  if (kind === "tensor") return elementName(elementType);
  if (kind === "map") return `map of ${elementName(elementType)} to ${of ? describeType(of) : "?"}`;
  return of ? `${kind} of ${describeType(of)}` : kind;
}

function elementName(type: number): string {
  return datatypeOfElement(type) ?? `TensorProto.DataType ${type}`;
}

function countOperators(model: OnnxModel): Record<string, number> {
  const counts: Record<string, number> = Object.create(null);
  for (const { domain, operator } of allNodesOfModel(model)) {
    const name = domain === "" ? operator : `${domain}.${operator}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Bytes of an element, by the number of its type in `TensorProto.DataType`; of a text, its length is not counted. */
const ELEMENT_BYTES: readonly number[] = [
  0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2, 1, 1, 1, 1, 0.5, 0.5, 0.5,
];

function parametersOf({ initializers }: OnnxGraph): { count: number; bytes: number } {
  let [count, bytes] = [0, 0];
  for (const { shape, elementType } of initializers) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    count += size;
    bytes += size * (ELEMENT_BYTES[elementType] ?? 0);
  }
  return { count, bytes: Math.round(bytes) };
}

function externalFilesOf(file: string, { externalTensors }: OnnxModel): readonly ExternalFile[] {
  const tensors = new Map<string, number>();
  for (const { location } of externalTensors) tensors.set(location, (tensors.get(location) ?? 0) + 1);
  return [...tensors].map(([location, count]) => {
    const stats = statSync(resolve(dirname(file), location), { throwIfNoEntry: false });
    return { location, ...(stats && { bytes: stats.size }), tensors: count };
  });
}
