import { hasGraph } from "./all-nodes";
import type { Dimension, OnnxModel, OnnxNode, OnnxValue } from "./onnx-model";
import { bytesField, changeFields, numberField, textField } from "./raw-fields";

/** An output that is not a tensor in the file, but is served as one. */
interface ConvertedOutput {
  readonly name: string;
  /** The classes that the columns of the tensor stand for. */
  readonly labels?: readonly string[];
}

/** A conversion, by the bytes of the file that it changes. */
interface Conversion extends ConvertedOutput {
  /** The node as it is to be, if it computes or uses the output. */
  changeNode(node: OnnxNode, raw: Buffer): Buffer;
  /** Nodes that are added at the end. */
  readonly added: readonly Buffer[];
  /** The output as a `ValueInfoProto`. */
  readonly declared: Buffer;
}

/** Numbers of fields in `onnx.proto`. */
const MODEL = { graph: 7, opsetImport: 8 } as const;
const GRAPH = { node: 1, output: 12 } as const;
const NODE = { input: 1, output: 2 } as const;
const FLOAT = 1;
const IDENTITY_OPSET = 13;

/** Outputs that have a natural form as a tensor: maps of classes to scores, and lists of tensors of one shape. */
export function convertedOutputsOf(model: OnnxModel): readonly ConvertedOutput[] {
  return conversionsOf(model);
}

/**
 * The bytes of a model whose outputs are tensors: those of which maps are made, and lists of tensors stacked in a new first
 * dimension.
 */
export function withTensorOutputs(bytes: Buffer, model: OnnxModel): Buffer {
  const conversions = conversionsOf(model);
  let [nodeIndex, outputIndex] = [0, 0];
  let hasAdded = false;
  const changed = changeFields(bytes, MODEL.graph, (graph) => {
    const computed = changeFields(graph, GRAPH.node, (raw) => {
      const node = model.graph.nodes[nodeIndex++];
      return node ? conversions.reduce((bytes, one) => one.changeNode(node, bytes), raw) : raw;
    });
    const declared = changeFields(computed, GRAPH.output, (raw) => {
      const name = model.graph.outputs[outputIndex++]?.name;
      return conversions.find((one) => one.name === name)?.declared ?? raw;
    });
    const added = hasAdded ? [] : conversions.flatMap((one) => one.added.map((node) => bytesField(GRAPH.node, node)));
    hasAdded = true;
    return Buffer.concat([declared, ...added]);
  });
  // A classifier alone may import only the operators of ai.onnx.ml; Identity is one of ONNX's own.
  const standard = bytesField(MODEL.opsetImport, Buffer.concat([textField(1, ""), numberField(2, IDENTITY_OPSET)]));
  return model.opsets.has("") ? changed : Buffer.concat([changed, standard]);
}

function conversionsOf({ graph }: OnnxModel): readonly Conversion[] {
  // A name could also be used in a part of the graph that is a node's attribute.
  const isFlat = !graph.nodes.some(hasGraph);
  return graph.outputs.flatMap((output) => {
    const zipMap = graph.nodes.find((node) => isZipMap(node) && node.outputs[0] === output.name);
    if (zipMap) return [withoutZipMap(output.name, zipMap)];
    const { kind, of } = output.type;
    return kind === "sequence" && of?.kind === "tensor" && isFlat ? [stacked(output)] : [];
  });
}

function isZipMap({ operator, domain }: OnnxNode): boolean {
  return operator === "ZipMap" && domain === "ai.onnx.ml";
}

/** skl2onnx adds a ZipMap after a classifier; the scores that go into it are passed on as they are. */
function withoutZipMap(name: string, zipMap: OnnxNode): Conversion {
  const integers = zipMap.attributes.get("classlabels_int64s")?.integers ?? [];
  const labels = zipMap.attributes.get("classlabels_strings")?.texts ?? integers.map(String);
  const identity = encodeNode("Identity", zipMap.inputs, name, zipMap.name);
  const declared = encodeValue(name, FLOAT, [undefined, labels.length]);
  return { name, labels, changeNode: (node, raw) => (node === zipMap ? identity : raw), added: [], declared };
}

/** The list gets another name, and the tensor that is made of it the name of the output. */
function stacked({ name, type }: OnnxValue): Conversion {
  const list = `${name} (list)`;
  const rename = (text: Buffer): Buffer => (text.toString() === name ? Buffer.from(list) : text);
  const { elementType = 0, shape } = type.of ?? {};
  const axis = Buffer.concat([textField(1, "axis"), numberField(3, 0), numberField(20, 2)]);
  const newAxis = Buffer.concat([textField(1, "new_axis"), numberField(3, 1), numberField(20, 2)]);
  const node = encodeNode("ConcatFromSequence", [list], name, "");
  return {
    name,
    changeNode: (_, raw) => changeFields(changeFields(raw, NODE.input, rename), NODE.output, rename),
    added: [Buffer.concat([node, bytesField(5, axis), bytesField(5, newAxis)])],
    declared: encodeValue(name, elementType, shape && [undefined, ...shape]),
  };
}

function encodeNode(operator: string, inputs: readonly string[], output: string, name: string): Buffer {
  return Buffer.concat([
    ...inputs.map((input) => textField(NODE.input, input)),
    textField(NODE.output, output),
    textField(3, name),
    textField(4, operator),
  ]);
}

/** A `ValueInfoProto` of a tensor. */
function encodeValue(name: string, elementType: number, shape: readonly Dimension[] | undefined): Buffer {
  const sizes = shape?.map((size) => bytesField(1, typeof size === "number" ? numberField(1, size) : Buffer.alloc(0)));
  const parts = [numberField(1, elementType), ...(sizes ? [bytesField(2, Buffer.concat(sizes))] : [])];
  return Buffer.concat([textField(1, name), bytesField(2, bytesField(1, Buffer.concat(parts)))]);
}
