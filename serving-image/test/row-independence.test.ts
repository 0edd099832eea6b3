import fc from "fast-check";
import { join } from "node:path";
import { readOnnxFile } from "../src/model/graph/read-onnx";
import { type RowIndependence, rowIndependenceOf } from "../src/model/graph/rows/row-independence";
import type { Tensors } from "../src/protocol/datatypes";
import { ModelWorker } from "./support/model-worker";
import { FEATURES, graphWith, randomGraph } from "./support/random-graphs";
import { constant, type GraphParts, type Message, node, tensorValue, writeModel } from "./support/onnx-writer";
import { cleanUp, digits, scratch, tiny } from "./support/server-process";

afterAll(cleanUp);

const folder = scratch();
const write = (parts: GraphParts, more?: Message): string => writeModel(join(folder, "model.onnx"), parts, more);
const verdictOn = (parts: GraphParts, more?: Message): RowIndependence =>
  rowIndependenceOf(readOnnxFile(write(parts, more)));

type Kind = Parameters<typeof graphWith>[0];

test.each<Kind>([
  ..."relu tanh scale bias sum matMul gemm softmax mean layerNormalization concatSlice".split(" "),
  ..."heads attention shape recurrent topK cumulative".split(" "),
] as Kind[])("%s keeps rows apart", (kind) => {
  expect(verdictOn(graphWith(kind)).verdict).toBe("independent");
});

test.each<[Kind, RegExp]>([
  ["quantized", /^DynamicQuantizeLinear ".*" takes its scale from all rows of the batch$/],
  ["softmaxOfColumns", /^Softmax ".*" combines all rows of the batch$/],
  ["centred", /^ReduceMean ".*" combines all rows/],
  ["cumulativeOfRows", /^CumSum ".*" combines all rows/],
  ["gram", /^MatMul ".*" (sums over the rows of the batch|multiplies rows with each other)/],
  ["firstRow", /^Slice ".*" takes rows by their position in the batch/],
  ["count", /^Div ".*" computes with the number of rows of the batch/],
])("%s does not, and the node is named", (kind, reason) => {
  const found = verdictOn(graphWith(kind));
  expect(found).toMatchObject({ verdict: "coupled", reason: expect.stringMatching(reason) });
  expect(found.isPrecision ?? false).toBe(kind === "quantized");
});

test.each([
  ["digits 1.1.0", digits("1.1.0")],
  ["echo", tiny("echo")],
  ["table", tiny("table")],
])("the rows of an exported model are proven independent: %s", (_, path) => {
  expect(rowIndependenceOf(readOnnxFile(path))).toEqual({ verdict: "independent" });
});

test("operators that round rows by their batch are named, although no row affects another", () => {
  expect(rowIndependenceOf(readOnnxFile(digits("1.0.0")))).toEqual({
    verdict: "independent",
    rounding: 'LinearClassifier "LinearClassifier" rounds a single row otherwise than several',
  });
  const sums = (axis: number, shape: readonly number[]): string | undefined => {
    const reduce = node("ReduceMean", ["x"], ["y"], { axes: [axis], keepdims: 0 });
    return verdictOn({ ...single(reduce), inputs: [tensorValue("x", "FP32", ["N", ...shape])] }).rounding;
  };
  expect(sums(1, [7])).toMatch(/^ReduceMean ".*" rounds a row by its place in the batch$/);
  expect(sums(1, [8])).toBeUndefined();
  expect(sums(2, [4, 6])).toBeUndefined();
  expect(sums(1, [4, 8])).toMatch(/rounds a single row otherwise than several$/);
});

const X = tensorValue("x", "FP32", ["N", 4]);
const Y = tensorValue("y", "FP32", ["N", 4]);
const single = (each: Message, more: Partial<GraphParts> = {}): GraphParts => ({
  inputs: [X],
  outputs: [Y],
  nodes: [each],
  ...more,
});

describe("what cannot be proven", () => {
  const branch = { 1: [node("Relu", ["x"], ["z"])], 2: "branch", 12: [Y] };
  test.each<[string, GraphParts, RegExp]>([
    ["an unknown operator", single(node("Mystery", ["x"], ["y"], {}, "acme")), /^Mystery "Mystery_y" is not known/],
    [
      "control flow",
      single(node("If", ["c"], ["y"], { then_branch: branch, else_branch: branch }), {
        constants: [constant("c", "BOOL", [], [1])],
      }),
      /^If ".*" runs a part of the graph under a condition/,
    ],
    [
      "a constant for each place in the batch",
      single(node("Add", ["x", "c"], ["y"]), {
        constants: [constant("c", "FP32", [8, 4], Array(32).fill(1))],
      }),
      /^Add ".*" treats rows differently by their position/,
    ],
    ["a random operator", single(node("RandomNormalLike", ["x"], ["y"])), /^RandomNormalLike ".*" is random/],
    ["a shape that mixes rows", graphWith("mixed"), /^Reshape ".*" may mix rows/],
    [
      "an input with the batch dimension twice",
      { ...single(node("Relu", ["x"], ["y"])), inputs: [tensorValue("x", "FP32", ["N", "N"])] },
      /input "x" has the batch dimension more than once/,
    ],
  ])("%s: the reason names it", (_, parts, reason) => {
    const found = verdictOn(parts);
    expect(found.verdict).not.toBe("independent");
    expect(found.reason).toMatch(reason);
  });
});

describe("a function of the file", () => {
  const define = (body: Message): Message => ({
    25: { 1: "Block", 4: ["a"], 5: ["b"], 7: [body], 9: { 1: "", 2: 17 }, 10: "local" },
  });
  const call = single(node("Block", ["x"], ["y"], { axis: 0 }, "local"));

  test("is followed", () => {
    expect(verdictOn(call, define(node("Relu", ["a"], ["b"])))).toEqual({ verdict: "independent" });
    expect(verdictOn(call, define(node("Softmax", ["a"], ["b"], { axis: 0 }))).verdict).toBe("coupled");
  });

  test("is not followed for ever if it calls itself", () => {
    const again = (output: string): Message => node("Block", ["a"], [output], {}, "local");
    const definition = { 25: { 1: "Block", 4: ["a"], 5: ["b"], 7: [again("c"), again("b")], 10: "local" } };
    expect(verdictOn(call, definition)).toEqual({
      verdict: "unknown",
      reason: "its functions call each other too often",
    });
  });

  test("gets the attributes of its call", () => {
    const body = { ...node("Softmax", ["a"], ["b"]), 5: { 1: "axis", 20: 2, 21: "axis" } };
    expect(verdictOn(call, define(body)).reason).toMatch(/^Softmax ".*" combines all rows/);
  });
});

/** Rows of these scales. */
function rowsOfScales(scales: readonly number[]): Float32Array[] {
  return scales.map((scale, i) => Float32Array.from({ length: FEATURES }, (_, j) => scale * Math.sin(5 * i + j)));
}

const request = (rows: readonly Float32Array[]): Tensors => {
  const data = new Float32Array(rows.length * FEATURES);
  rows.forEach((row, i) => data.set(row, i * FEATURES));
  return { x: { datatype: "FP32", shape: [rows.length, FEATURES], data } };
};

const outputOf = (outputs: Tensors | undefined): number[] => Array.from((outputs?.["y"]?.data ?? []) as Float32Array);

test("rows that are said to be independent are, in random graphs", async () => {
  const verdicts = { independent: 0, coupled: 0, unknown: 0 };
  const rows = rowsOfScales([1, 1e-3, 300, 0.02, 5]);
  const requests = [request(rows), ...rows.map((row) => request([row]))];
  const worker = new ModelWorker();
  await fc.assert(
    fc.asyncProperty(randomGraph, async (parts) => {
      const path = write(parts);
      const { verdict } = rowIndependenceOf(readOnnxFile(path));
      verdicts[verdict]++;
      if (verdict !== "independent") return;
      const [together, ...alone] = (await worker.run(path, requests)).map(outputOf);
      const separately = alone.flat();
      const size = Math.max(1e-6, ...separately.map(Math.abs));
      const differences = separately.map((value, i) => Math.abs(value - (together?.[i] ?? NaN)) / size);
      expect(together).toHaveLength(separately.length);
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }),
    { numRuns: 150 },
  );
  await worker.end();
  expect(verdicts.independent).toBeGreaterThan(20);
  expect(verdicts.coupled).toBeGreaterThan(20);
});
