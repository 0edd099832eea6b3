import type { OnnxGraph, OnnxNode } from "./onnx-model";

/** The nodes of a graph with those of its branches, each before the node that has it. */
export function* allNodesOf(nodes: readonly OnnxNode[]): Generator<OnnxNode> {
  for (const node of nodes) {
    for (const graph of graphsOf(node)) yield* allNodesOf(graph.nodes);
    yield node;
  }
}

/** The branches and bodies of a node. */
export function graphsOf({ attributes }: OnnxNode): readonly OnnxGraph[] {
  return [...attributes.values()].flatMap(({ graphs }) => graphs);
}
