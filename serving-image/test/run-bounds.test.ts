import { join } from "node:path";
import { readGraphFacts } from "../src/model/graph/read-graph-facts";
import { constant, graph, type GraphParts, node, tensorValue, writeModel } from "./support/onnx-writer";
import { cleanUp, digits, scratch, tiny } from "./support/server-process";

afterAll(cleanUp);

const file = join(scratch(), "model.onnx");
const X = tensorValue("x", "FP32", ["N"]);
const SIZE = tensorValue("size", "INT64", [1]);
const Y = tensorValue("y", "FP32", ["M"]);

const reasonOf = (parts: Partial<GraphParts>, more = {}): string | undefined =>
  readGraphFacts(writeModel(file, { inputs: [X, SIZE], outputs: [Y], nodes: [], ...parts }, more)).unboundedReason;

test.each(["slow", "table", "attention", "vocabulary", "colour", "large_runs", "echo"])(
  "the size of the inputs limits a run of %s",
  (name) => expect(readGraphFacts(tiny(name)).unboundedReason).toBeUndefined(),
);

test("the size of the inputs limits a run of a network", () => {
  expect(readGraphFacts(digits("1.1.0")).unboundedReason).toBeUndefined();
});

test("a loop is not limited, wherever in the model it is", () => {
  const reason = "the number of steps of its operator Loop may depend on the inputs";
  expect(readGraphFacts(tiny("loop")).unboundedReason).toBe(reason);
  const loop = node("Loop", ["size", "", "x"], ["y"], { body: graph({ inputs: [], outputs: [], nodes: [] }) });
  const branch = graph({ inputs: [], outputs: [Y], nodes: [loop] });
  expect(reasonOf({ nodes: [node("If", ["x"], ["y"], { then_branch: branch, else_branch: branch })] })).toBe(reason);
  const own = { 1: "Repeat", 4: ["x"], 5: ["y"], 7: [loop], 9: [{ 1: "", 2: 17 }], 10: "ours" };
  expect(reasonOf({ nodes: [node("Repeat", ["x"], ["y"], {}, "ours")] }, { 25: [own] })).toBe(reason);
});

test("a tensor whose size is the value of an input is not limited, but one with the size of an input is", () => {
  const reason = "an input determines the size of a tensor of its operator Expand";
  expect(reasonOf({ nodes: [node("Expand", ["x", "size"], ["y"])] })).toBe(reason);
  const twice = [node("Add", ["size", "size"], ["twice"]), node("Expand", ["x", "twice"], ["y"])];
  expect(reasonOf({ nodes: twice })).toBe(reason);
  const shaped = [node("Shape", ["x"], ["shape"]), node("Expand", ["x", "shape"], ["y"])];
  expect(reasonOf({ nodes: shaped })).toBeUndefined();
  const constants = [constant("size", "INT64", [1], [3])];
  const expand = [node("Expand", ["x", "size"], ["y"])];
  expect(reasonOf({ inputs: [X], constants, nodes: expand })).toBeUndefined();
  // Files of old versions list constants as inputs, too.
  expect(reasonOf({ constants, nodes: expand })).toBeUndefined();
});

test("nothing is known of an operator of another domain", () => {
  expect(reasonOf({ nodes: [node("Mystery", ["x"], ["y"], {}, "theirs")] })).toBe(
    "its operator Mystery of theirs is not known",
  );
});
