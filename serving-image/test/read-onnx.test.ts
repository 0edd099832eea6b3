import fc from "fast-check";
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { readOnnxFile } from "../src/model/graph/read-onnx";
import { MalformedModelError } from "../src/model/graph/wire-reader";
import {
  constant,
  encode,
  graph,
  type Message,
  model,
  node,
  tensorValue,
  varint,
  writeModel,
} from "./support/onnx-writer";
import { cleanUp, digits, scratch } from "./support/server-process";

afterAll(cleanUp);

const folder = scratch();
const file = (name: string): string => join(folder, `${name}.onnx`);

function write(name: string, bytes: Buffer): string {
  writeFileSync(file(name), bytes);
  return file(name);
}

const X = tensorValue("x", "FP32", ["N", 4]);
const Y = tensorValue("y", "FP32", ["N", 4]);
const RELU = { inputs: [X], outputs: [Y], nodes: [node("Relu", ["x"], ["y"])] };

test("reads inputs, outputs, operators, constants, opsets and metadata of an exported model", () => {
  const found = readOnnxFile(digits("1.0.0"));
  expect(found).toMatchObject({ producer: "skl2onnx", irVersion: 8, externalTensors: [], functions: [] });
  expect([...found.opsets]).toEqual(expect.arrayContaining([["", 18]]));
  expect(found.graph.inputs).toEqual([
    { name: "image", type: { kind: "tensor", elementType: 1, shape: [undefined, 64] } },
  ]);
  expect(found.graph.outputs.map(({ name }) => name)).toEqual(["label", "probabilities"]);
  expect(found.graph.nodes.map(({ operator }) => operator)).toContain("LinearClassifier");
});

test("keeps the elements of small tensors, and the attributes of nodes", () => {
  const nodes = [
    node("Reshape", ["x", "shape"], ["flat"]),
    node("Softmax", ["flat"], ["y"], { axis: -1, scale: { float: 0.5 }, mode: "linear", axes: [1, -2] }),
  ];
  const path = writeModel(file("attributes"), {
    ...RELU,
    nodes,
    constants: [constant("shape", "INT64", [2], [0, -1]), constant("weights", "FP32", [2], [1, 2])],
  });
  const { initializers, nodes: read } = readOnnxFile(path).graph;
  expect(initializers).toEqual([
    { name: "shape", elementType: 7, shape: [2], numbers: [0, -1] },
    { name: "weights", elementType: 1, shape: [2], numbers: [1, 2] },
  ]);
  expect(Object.fromEntries(read[1]?.attributes ?? [])).toEqual({
    axis: { integer: -1, graphs: [] },
    scale: { float: 0.5, graphs: [] },
    mode: { text: "linear", graphs: [] },
    axes: { integers: [1, -2], graphs: [] },
  });
});

/** A tensor of which the bytes are in another file. */
const external = (name: string): Message => ({
  1: 1,
  2: 1,
  8: name,
  13: [
    { 1: "location", 2: `${name}.bin` },
    { 1: "offset", 2: "64" },
    { 1: "length", 2: "4" },
  ],
  14: 1,
});

test("finds external data of initializers, attributes, subgraphs, functions, sparse tensors and training graphs", () => {
  const inner = graph({ inputs: [], outputs: [], nodes: [], constants: [external("branch")] });
  const parts = {
    ...RELU,
    nodes: [
      { ...node("Constant", [], ["c"]), 5: { 1: "value", 5: external("attribute"), 20: 4 } },
      { ...node("Custom", [], ["d"]), 5: [{ 1: "list", 10: [external("list")] }] },
      {
        ...node("Custom", [], ["e"]),
        5: [{ 1: "sparse", 22: { 1: external("sparse-attribute"), 2: external("indices") } }],
      },
      node("If", ["x"], ["y"], { then_branch: inner }),
    ],
    constants: [external("weights")],
  };
  const sparse = { 1: external("sparse"), 2: constant("i", "INT64", [1], [0]), 3: [4] };
  const whole = model(parts, {
    20: { 1: graph({ inputs: [], outputs: [], nodes: [], constants: [external("training")] }) },
    25: {
      1: "f",
      10: "local",
      7: { ...node("Constant", [], ["c"]), 5: { 1: "value", 5: external("function") } },
      11: { 1: "default", 5: external("default") },
    },
  });
  const path = write("external", Buffer.concat([encode(whole), encode({ 7: { 15: sparse } })]));
  const { externalTensors } = readOnnxFile(path);
  const places = ["attribute", "branch", "default", "function", "indices", "list", "sparse", "sparse-attribute"];
  expect(externalTensors.map(({ location }) => location).sort()).toEqual(
    [...places, "training", "weights"].map((name) => `${name}.bin`).sort(),
  );
  expect(externalTensors[0]).toMatchObject({ offset: 64, length: 4 });
});

test("does not read the bytes of tensors: a model of 3 GB takes no more memory than its graph", () => {
  const before = encode({ 1: [3 * 2 ** 28], 2: 1, 8: "weights" });
  const bytes = 3 * 2 ** 30;
  const tensor = Buffer.concat([before, varint(9 * 8 + 2), varint(bytes)]);
  const start = Buffer.concat([varint(5 * 8 + 2), varint(tensor.length + bytes), tensor]);
  const rest = encode(graph(RELU));
  const head = Buffer.concat([varint(7 * 8 + 2), varint(start.length + bytes + rest.length), start]);
  const handle = openSync(file("large"), "w");
  writeSync(handle, head);
  // A hole in the file, which takes no space on the disk.
  ftruncateSync(handle, head.length + bytes);
  writeSync(handle, rest, 0, rest.length, head.length + bytes);
  closeSync(handle);
  const memory = process.memoryUsage().rss;
  const found = readOnnxFile(file("large"));
  expect(found.graph.initializers).toEqual([{ name: "weights", elementType: 1, shape: [3 * 2 ** 28] }]);
  expect(found.graph.nodes).toHaveLength(1);
  expect(process.memoryUsage().rss - memory).toBeLessThan(64 * 2 ** 20);
});

describe("a file that is not a model", () => {
  const isReadOrRefused = (bytes: Buffer): void => {
    try {
      readOnnxFile(write("malformed", bytes));
    } catch (error) {
      if (!(error instanceof MalformedModelError)) throw error;
    }
  };

  test.each([
    ["is empty", Buffer.alloc(0), /no graph/],
    ["is text", Buffer.from("not a model"), /invalid field/],
    ["ends early", readFileSync(digits("1.0.0")).subarray(0, 1000), /ends in the middle/],
    ["nests without end", nested(200), /nested more than 100 levels/],
  ])("%s: it is refused with a reason", (_, bytes, reason) => {
    expect(() => readOnnxFile(write("refused", bytes))).toThrow(MalformedModelError);
    expect(() => readOnnxFile(write("refused", bytes))).toThrow(reason);
  });

  test("never causes another error, whatever its bytes are", () => {
    const whole = encode(model(RELU));
    const change = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(change, fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        isReadOrRefused(bytes);
        isReadOrRefused(bytes.subarray(0, length));
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => isReadOrRefused(Buffer.from(bytes))));
  });
});

/** A model whose branches have branches. */
function nested(levels: number): Buffer {
  let inner: Message = {};
  for (let level = 0; level < levels; level++) inner = { 1: { 4: "If", 5: { 1: "then_branch", 6: inner } } };
  return encode({ 7: inner });
}
