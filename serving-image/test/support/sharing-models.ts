import { constant, type ElementType, type GraphParts, type Message, node, tensorValue } from "./onnx-writer";

const noise = (length: number, seed = 1): number[] =>
  Array.from({ length }, (_, i) => Math.sin((i + 1) * 12.9898 * seed) * 0.7);

const floats = (name: string, shape: readonly number[], seed = 1): Message =>
  constant(
    name,
    "FP32",
    shape,
    noise(
      shape.reduce((size, dimension) => size * dimension, 1),
      seed,
    ),
  );

function model(
  nodes: readonly Message[],
  constants: readonly Message[],
  input: readonly (number | string)[],
  [type, ...output]: [ElementType, ...(number | string)[]],
): GraphParts {
  return {
    inputs: [tensorValue("x", "FP32", input)],
    outputs: [tensorValue("y", type, output)],
    nodes,
    constants,
  };
}

/** A dynamically quantized layer and a label, as `quantize_dynamic` of onnxruntime writes them. */
export const quantizedLabels: GraphParts = model(
  [
    node("DynamicQuantizeLinear", ["x"], ["values", "scale", "zero"]),
    node("MatMulInteger", ["values", "weights", "zero"], ["product"]),
    node("Cast", ["product"], ["float"], { to: 1 }),
    node("Mul", ["float", "scale"], ["scores"]),
    node("ArgMax", ["scores"], ["y"], { axis: 1, keepdims: 0 }),
  ],
  [
    constant(
      "weights",
      "INT8",
      [8, 5],
      noise(40).map((value) => Math.round(value * 127)),
    ),
  ],
  ["N", 8],
  ["INT64", "N"],
);

/** A recurrent network over sequences of any length. */
export const recurrent: GraphParts = model(
  [
    node("Transpose", ["x"], ["steps"], { perm: [1, 0, 2] }),
    node("GRU", ["steps", "w", "r"], ["all", "last"], { hidden_size: 4 }),
    node("Squeeze", ["last", "first"], ["y"]),
  ],
  [floats("w", [1, 12, 3]), floats("r", [1, 12, 4], 2), constant("first", "INT64", [1], [0])],
  ["N", "L", 3],
  ["FP32", "N", 4],
);

/** An encoder with attention over sequences of any length. */
export const attention: GraphParts = model(
  [
    node("MatMul", ["x", "wq"], ["q"]),
    node("MatMul", ["x", "wk"], ["k"]),
    node("Transpose", ["k"], ["kt"], { perm: [0, 2, 1] }),
    node("MatMul", ["q", "kt"], ["scores"]),
    node("Softmax", ["scores"], ["weights"], { axis: -1 }),
    node("MatMul", ["weights", "x"], ["mixed"]),
    node("LayerNormalization", ["mixed", "scale", "bias"], ["normal"]),
    node("ReduceMean", ["normal"], ["y"], { axes: [1], keepdims: 0 }),
  ],
  [floats("wq", [6, 6]), floats("wk", [6, 6], 3), floats("scale", [6], 2), floats("bias", [6], 4)],
  ["N", "L", 6],
  ["FP32", "N", 6],
);

/** A regression with a kernel over support vectors, of scikit-learn's kind. */
export const kernel: GraphParts = model(
  [
    node(
      "SVMRegressor",
      ["x"],
      ["y"],
      {
        kernel_type: "RBF",
        kernel_params: { floats: [0.05, 0, 3] },
        n_supports: 40,
        coefficients: { floats: noise(40) },
        support_vectors: { floats: noise(40 * 10, 2) },
        rho: { floats: [0.25] },
      },
      "ai.onnx.ml",
    ),
  ],
  [],
  ["N", 10],
  ["FP32", "N", 1],
);

/** A sum of which the last bit depends on the address of the input. */
export const sum: GraphParts = model(
  [node("ReduceSum", ["x", "axes"], ["y"], { keepdims: 0 })],
  [constant("axes", "INT64", [1], [1])],
  ["N", 7],
  ["FP32", "N"],
);
