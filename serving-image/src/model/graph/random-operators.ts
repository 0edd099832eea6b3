import { allNodesOfModel } from "./all-nodes";
import type { OnnxModel, OnnxNode } from "./onnx-model";

const RANDOM = ["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"];

/** Whether an operator always draws random numbers. */
export function isRandom({ operator, domain }: OnnxNode): boolean {
  return domain === "" && RANDOM.includes(operator);
}

/** An operator that may make the outputs differ for the same inputs; undefined if the model has none. */
export function randomOperatorOf(model: OnnxModel): string | undefined {
  return [...allNodesOfModel(model)].find((node) => isRandom(node) || mayDrop(node))?.operator;
}

/** A dropout with an input for the training mode may be in that mode. */
function mayDrop({ operator, inputs }: OnnxNode): boolean {
  return operator === "Dropout" && (inputs[2] ?? "") !== "";
}
