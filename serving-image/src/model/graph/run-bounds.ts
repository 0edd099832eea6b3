import { allNodesOf, hasGraph } from "./all-nodes";
import type { OnnxModel, OnnxNode } from "./onnx-model";

/** Operators whose number of steps is not limited by the size of their inputs. */
const LOOPS = new Set(["Loop", "BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch"]);

/** Operators that make a tensor of a size that an input says, with the positions of these inputs. */
const SIZED: Readonly<Record<string, readonly number[]>> = {
  AffineGrid: [1],
  BlackmanWindow: [0],
  CenterCropPad: [1],
  Col2Im: [1],
  ConstantOfShape: [0],
  DFT: [1],
  Expand: [1],
  HammingWindow: [0],
  HannWindow: [0],
  MelWeightMatrix: [0, 1],
  OneHot: [1],
  Pad: [1],
  Range: [0, 1, 2],
  Resize: [1, 2, 3],
  Tile: [1, 2],
  Upsample: [1],
};

/** Operators whose output depends on the size of their input, but not on its values. */
const SIZE_ONLY = new Set(["Shape", "Size"]);

const KNOWN_DOMAINS = new Set(["", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc", "ai.onnx.preview"]);

/**
 * Why the time or the memory of a run is not limited by the size of its inputs: a few bytes can keep such a model busy for
 * ever, or fill the memory. Undefined if the graph shows that it is limited.
 */
export function unboundedReasonOf({ graph, functions }: OnnxModel): string | undefined {
  const own = new Set(functions.map(({ domain, name }) => `${domain} ${name}`));
  // Old files list constants as inputs, too.
  const constants = new Set(graph.initializers.map(({ name }) => name));
  const fromValues = new Set(graph.inputs.map(({ name }) => name).filter((name) => !constants.has(name)));
  const nodes = [...allNodesOf(graph.nodes)];
  for (const node of nodes) {
    const reason = reasonOf(node, fromValues, own);
    if (reason !== undefined) return reason;
    if (SIZE_ONLY.has(node.operator)) continue;
    if (node.inputs.some((name) => fromValues.has(name)) || hasGraph(node)) {
      for (const name of node.outputs) fromValues.add(name);
    }
  }
  // A function is expanded with inputs that are not known here.
  for (const node of functions.flatMap((one) => [...allNodesOf(one.nodes)])) {
    const reason = reasonOf(node, fromValues, own);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function reasonOf(
  { operator, domain, inputs }: OnnxNode,
  fromValues: ReadonlySet<string>,
  own: ReadonlySet<string>,
): string | undefined {
  if (LOOPS.has(operator)) return `the number of steps of its operator ${operator} may depend on the inputs`;
  if (!KNOWN_DOMAINS.has(domain) && !own.has(`${domain} ${operator}`)) {
    return `its operator ${operator} of ${domain} is not known`;
  }
  const isSized = (SIZED[operator] ?? []).some((position) => fromValues.has(inputs[position] ?? ""));
  return isSized ? `an input determines the size of a tensor of its operator ${operator}` : undefined;
}
