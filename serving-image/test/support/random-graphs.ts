import fc from "fast-check";
import { constant, type GraphParts, type Message, node, tensorValue } from "./onnx-writer";

/** Features of every input and, unless an operator changes it, of every value. */
export const FEATURES = 8;

/** A step of a random graph: an operator, by which earlier value it continues, and numbers for its constants. */
interface Step {
  readonly kind: StepKind;
  readonly from: number;
  readonly seed: number;
}

type StepKind = keyof typeof STEPS;

/** Adds the nodes of one operator to a graph; returns the name of its result, which has the shape [N, FEATURES]. */
type AddStep = (builder: Builder, x: string, other: string) => string;

class Builder {
  readonly nodes: Message[] = [];
  readonly constants: Message[] = [];
  private count = 0;

  constructor(private seed: number) {}

  op(
    operator: string,
    inputs: readonly string[],
    attributes: Parameters<typeof node>[3] = {},
    { outputs = 1, domain = "" } = {},
  ): string {
    const names = Array.from({ length: outputs }, (_, i) => `${operator}_${this.count}_${i}`);
    this.count++;
    this.nodes.push(node(operator, inputs, names, attributes, domain));
    return names[0] ?? "";
  }

  /** The second, third … output of the last operator. */
  output(index: number): string {
    const outputs = this.nodes.at(-1)?.[2] as readonly string[];
    return outputs[index] ?? "";
  }

  floats(shape: readonly number[]): string {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    return this.add(
      "FP32",
      shape,
      Array.from({ length: size }, () => this.random() * 2 - 1),
    );
  }

  integers(...values: readonly number[]): string {
    return this.add("INT64", [values.length], values);
  }

  add(type: "FP32" | "INT64" | "INT8", shape: readonly number[], data: readonly number[]): string {
    const name = `constant_${this.constants.length}`;
    this.constants.push(constant(name, type, shape, data));
    return name;
  }

  private random(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }
}

const D = FEATURES;

/** Operators that keep rows apart, and operators that do not. */
const STEPS = {
  relu: (b, x) => b.op("Relu", [x]),
  tanh: (b, x) => b.op("Tanh", [x]),
  scale: (b, x) => b.op("Mul", [x, b.floats([1, D])]),
  bias: (b, x) => b.op("Add", [x, b.floats([D])]),
  sum: (b, x, y) => b.op("Add", [x, y]),
  matMul: (b, x) => b.op("MatMul", [x, b.floats([D, D])]),
  gemm: (b, x) => b.op("Gemm", [x, b.floats([D, D]), b.floats([D])], { transB: 1 }),
  softmax: (b, x) => b.op("Softmax", [x], { axis: 1 }),
  mean: (b, x) => b.op("Sub", [x, b.op("ReduceMean", [x], { axes: [-1], keepdims: 1 })]),
  layerNormalization: (b, x) => b.op("LayerNormalization", [x, b.floats([D]), b.floats([D])]),
  concatSlice: (b, x, y) =>
    b.op("Slice", [b.op("Concat", [x, y], { axis: -1 }), b.integers(3), b.integers(3 + D), b.integers(1)]),
  heads: (b, x) => {
    const heads = b.op("Reshape", [x, b.integers(0, 2, D / 2)]);
    const swapped = b.op("Transpose", [heads], { perm: [0, 2, 1] });
    return b.op("Reshape", [swapped, b.integers(-1, D)]);
  },
  attention: (b, x) => {
    const tokens = b.op("Reshape", [x, b.integers(0, 4, 2)]);
    const keys = b.op("Transpose", [tokens], { perm: [0, 2, 1] });
    const weights = b.op("Softmax", [b.op("MatMul", [tokens, keys])], { axis: -1 });
    return b.op("Flatten", [b.op("MatMul", [weights, tokens])], { axis: 1 });
  },
  shape: (b, x) => {
    const rows = b.op("Slice", [b.op("Shape", [x]), b.integers(0), b.integers(1)]);
    const shape = b.op("Concat", [rows, b.integers(4, -1)], { axis: 0 });
    const flat = b.op("Concat", [rows, b.integers(D)], { axis: 0 });
    return b.op("Reshape", [b.op("Reshape", [x, shape]), flat]);
  },
  recurrent: (b, x) => {
    const steps = b.op("Transpose", [b.op("Reshape", [x, b.integers(0, 2, D / 2)])], { perm: [1, 0, 2] });
    const weights = [b.floats([1, 4 * D, D / 2]), b.floats([1, 4 * D, D])];
    b.op("LSTM", [steps, ...weights], { hidden_size: D }, { outputs: 2 });
    return b.op("Squeeze", [b.output(1), b.integers(0)]);
  },
  topK: (b, x) => b.op("TopK", [x, b.integers(D)], { axis: 1 }, { outputs: 2 }),
  cumulative: (b, x) => b.op("CumSum", [x, b.integers(1)]),
  quantized: (b, x) => {
    b.op("DynamicQuantizeLinear", [x], {}, { outputs: 3 });
    const [values, scale, zero] = [0, 1, 2].map((i) => b.output(i));
    const weights = b.add(
      "INT8",
      [D, D],
      Array.from({ length: D * D }, (_, i) => ((i * 37) % 255) - 127),
    );
    const product = b.op("MatMulInteger", [values ?? "", weights, zero ?? ""]);
    return b.op("Mul", [b.op("Mul", [b.op("Cast", [product], { to: 1 }), scale ?? ""]), b.floats([1])]);
  },
  softmaxOfColumns: (b, x) => b.op("Softmax", [x], { axis: 0 }),
  centred: (b, x) => b.op("Sub", [x, b.op("ReduceMean", [x], { axes: [0], keepdims: 1 })]),
  cumulativeOfRows: (b, x) => b.op("CumSum", [x, b.integers(0)]),
  gram: (b, x) => b.op("MatMul", [b.op("MatMul", [x, b.op("Transpose", [x], { perm: [1, 0] })]), x]),
  firstRow: (b, x) => b.op("Sub", [x, b.op("Slice", [x, b.integers(0), b.integers(1), b.integers(0)])]),
  count: (b, x) => b.op("Div", [x, b.op("Cast", [b.op("Gather", [b.op("Shape", [x]), b.integers(0)])], { to: 1 })]),
  mixed: (b, x) => b.op("Reshape", [b.op("Transpose", [x], { perm: [1, 0] }), b.integers(-1, D)]),
} satisfies Record<string, AddStep>;

const kinds = Object.keys(STEPS) as StepKind[];

/** Graphs with an input `x` and an output `y`, both of shape [N, FEATURES]. */
export const randomGraph: fc.Arbitrary<GraphParts> = fc
  .record({
    seed: fc.nat(),
    steps: fc.array(fc.record({ kind: fc.constantFrom(...kinds), from: fc.nat(), seed: fc.nat() }), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ seed, steps }) => graphOf(seed, steps));

function graphOf(seed: number, steps: readonly Step[]): GraphParts {
  const builder = new Builder(seed);
  const values = ["x"];
  for (const { kind, from } of steps) {
    const add: AddStep = STEPS[kind];
    values.push(add(builder, values.at(-1) ?? "x", values[from % values.length] ?? "x"));
  }
  builder.nodes.push(node("Identity", [values.at(-1) ?? "x"], ["y"]));
  return {
    inputs: [tensorValue("x", "FP32", ["N", D])],
    outputs: [tensorValue("y", "FP32", ["N", D])],
    nodes: builder.nodes,
    constants: builder.constants,
  };
}

/** A graph with a single step. */
export function graphWith(kind: StepKind): GraphParts {
  return graphOf(7, [{ kind, from: 0, seed: 0 }]);
}
