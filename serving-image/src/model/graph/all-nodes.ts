import type { OnnxGraph, OnnxModel, OnnxNode } from "./onnx-model";

/** The nodes of a model's graph and functions, with those of their branches. */
export function* allNodesOfModel({ graph, functions }: OnnxModel): Generator<OnnxNode> {
  for (const { nodes } of [graph, ...functions]) yield* allNodesOf(nodes);
}

/** The nodes of a graph with those of its branches, each before the node that has it. */
export function* allNodesOf(nodes: readonly OnnxNode[]): Generator<OnnxNode> {
  for (const node of nodes) {
    for (const graph of graphsOf(node)) yield* allNodesOf(graph.nodes);
    yield node;
  }
}

/** Whether a node has branches or a body. */
export function hasGraph(node: OnnxNode): boolean {
  return graphsOf(node).length > 0;
}

function graphsOf({ attributes }: OnnxNode): readonly OnnxGraph[] {
  return [...attributes.values()].flatMap(({ graphs }) => graphs);
}
