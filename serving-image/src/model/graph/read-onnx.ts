import type { ExternalTensor, OnnxFunction, OnnxModel, OnnxNode } from "./onnx-model";
import { emptyGraph, readAttribute, readGraphInto, readNode } from "./read-graph";
import { type ReadContext, readEntry } from "./read-tensor";
import { readWireFile, type WireReader } from "./wire-reader";

/**
 * Reads what an ONNX file says about its model, but not the bytes of its tensors.
 * @throws MalformedModelError if it is not an ONNX file
 */
export function readOnnxFile(path: string): OnnxModel {
  return readWireFile(path, readModel);
}

function readModel(reader: WireReader): OnnxModel {
  const externalTensors: ExternalTensor[] = [];
  const context: ReadContext = { reader, externalTensors };
  const graph = emptyGraph();
  const opsets = new Map<string, number>();
  const functions: OnnxFunction[] = [];
  const metadata: Record<string, string> = Object.create(null);
  let [irVersion, producer, hasGraph] = [0, "", false];
  reader.fields((field) => {
    if (field === 1) irVersion = reader.integer();
    else if (field === 2) producer = reader.text();
    else if (field === 7) {
      hasGraph = true;
      readGraphInto(graph, context);
    } else if (field === 8) readOpset(reader, opsets);
    else if (field === 14) readEntry(reader, metadata);
    else if (field === 20) readTrainingInfo(context);
    else if (field === 25) functions.push(readFunction(context));
    else reader.skip();
  });
  if (!hasGraph) throw reader.malformed("it has no graph");
  return { irVersion, producer, opsets, graph, functions, metadata, externalTensors };
}

function readOpset(reader: WireReader, opsets: Map<string, number>): void {
  let [domain, version] = ["", 0];
  reader.message((field) => {
    if (field === 1) domain = reader.text();
    else if (field === 2) version = reader.integer();
    else reader.skip();
  });
  opsets.set(domain === "ai.onnx" ? "" : domain, version);
}

/** The graphs of training are not served, but their tensors may be in other files too. */
function readTrainingInfo(context: ReadContext): void {
  const { reader } = context;
  reader.message((field) => {
    if (field === 1 || field === 2) readGraphInto(emptyGraph(), context);
    else reader.skip();
  });
}

function readFunction(context: ReadContext): OnnxFunction {
  const { reader } = context;
  const [inputs, outputs, nodes]: [string[], string[], OnnxNode[]] = [[], [], []];
  const opsets = new Map<string, number>();
  let [name, domain, overload] = ["", "", ""];
  reader.message((field) => {
    if (field === 1) name = reader.text();
    else if (field === 4) inputs.push(reader.text());
    else if (field === 5) outputs.push(reader.text());
    else if (field === 7) nodes.push(readNode(context));
    else if (field === 9) readOpset(reader, opsets);
    else if (field === 10) domain = reader.text();
    // Defaults of its attributes: not needed, but a tensor among them may be in another file.
    else if (field === 11) readAttribute(context, new Map());
    else if (field === 13) overload = reader.text();
    else reader.skip();
  });
  return { name, domain, overload, inputs, outputs, nodes, opsets };
}
