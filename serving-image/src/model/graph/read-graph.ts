import { LIST_LIMIT, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor } from "./onnx-model";
import { type ReadContext, readSparseTensor, readTensor } from "./read-tensor";
import { readValue } from "./read-value";

/** A graph while it is read. */
type GraphBuilder = { -readonly [K in keyof OnnxGraph]: Builder<OnnxGraph[K]> };
type Builder<T> = T extends readonly (infer Element)[] ? Element[] : T;

export function emptyGraph(): GraphBuilder {
  return { name: "", inputs: [], outputs: [], values: [], initializers: [], nodes: [] };
}

/** Reads a graph. If the file has it in several parts, they are one graph, as protobuf demands. */
export function readGraphInto(graph: GraphBuilder, context: ReadContext): void {
  const { reader } = context;
  reader.message((field) => {
    if (field === 1) graph.nodes.push(readNode(context));
    else if (field === 2) graph.name = reader.text();
    else if (field === 5) graph.initializers.push(readTensor(context));
    else if (field === 11) graph.inputs.push(readValue(reader));
    else if (field === 12) graph.outputs.push(readValue(reader));
    else if (field === 13) graph.values.push(readValue(reader));
    else if (field === 15) graph.initializers.push(readSparseTensor(context));
    else reader.skip();
  });
}

export function readNode(context: ReadContext): OnnxNode {
  const { reader } = context;
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, OnnxAttribute>();
  let [name, operator, domain, overload] = ["", "", "", ""];
  reader.message((field) => {
    if (field === 1) inputs.push(reader.text());
    else if (field === 2) outputs.push(reader.text());
    else if (field === 3) name = reader.text();
    else if (field === 4) operator = reader.text();
    else if (field === 5) readAttribute(context, attributes);
    else if (field === 7) domain = reader.text();
    else if (field === 8) overload = reader.text();
    else reader.skip();
  });
  return { name, operator, domain: domain === "ai.onnx" ? "" : domain, overload, inputs, outputs, attributes };
}

type AttributeBuilder = { -readonly [K in keyof OnnxAttribute]: OnnxAttribute[K] };

/** Reads an attribute into a list. The bytes of a long text are left out. */
export function readAttribute(context: ReadContext, attributes: Map<string, OnnxAttribute>): void {
  const { reader } = context;
  const [integers, texts, graphs]: [number[], string[], OnnxGraph[]] = [[], [], []];
  const attribute: AttributeBuilder = { graphs };
  let name = "";
  reader.message((field) => {
    if (field === 1) name = reader.text();
    else if (field === 2) attribute.float = reader.float();
    else if (field === 3) attribute.integer = reader.integer();
    else if (field === 4) attribute.text = textOf(reader.bytes(LIST_LIMIT));
    else if (field === 5) attribute.tensor = readOnce(context, attribute.tensor);
    else if (field === 6 || field === 11) graphs.push(readSubgraph(context));
    else if (field === 8) reader.integers(integers, LIST_LIMIT);
    else if (field === 9) addText(texts, reader.bytes(LIST_LIMIT));
    else if (field === 10) readTensor(context);
    else if (field === 21) attribute.reference = reader.text();
    else if (field === 22 || field === 23) readSparseTensor(context);
    else reader.skip();
  });
  if (integers.length > 0 && integers.length <= LIST_LIMIT) attribute.integers = integers;
  if (texts.length > 0 && texts.length <= LIST_LIMIT) attribute.texts = texts;
  attributes.set(name, attribute);
}

function readSubgraph(context: ReadContext): OnnxGraph {
  const graph = emptyGraph();
  readGraphInto(graph, context);
  return graph;
}

/** Two parts of one tensor would be merged, which no exporter writes and which could hide where its bytes are. */
function readOnce(context: ReadContext, before: OnnxTensor | undefined): OnnxTensor {
  if (before) throw context.reader.malformed("an attribute has two tensors");
  return readTensor(context);
}

function textOf(bytes: Buffer | undefined): string {
  return bytes?.toString("utf8") ?? "";
}

function addText(texts: string[], bytes: Buffer | undefined): void {
  if (texts.length <= LIST_LIMIT) texts.push(textOf(bytes));
}
