import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { infer, jsonOf } from "./support/client";
import { type Message, node, tensorValue, writeModel } from "./support/onnx-writer";
import { cleanUp, scratch, ServerProcess, settingsFor, tiny } from "./support/server-process";

/** A classifier as skl2onnx exports it by default: its scores are a list of one map for each row. */
const mapsOfScores = (name: string): Message => {
  const floats: Message = { 1: { 1: 1, 2: {} } };
  return { 1: name, 2: { 4: { 1: { 5: { 1: 8, 2: floats } } } } };
};
const labels = ["setosa", "versicolor", "virginica"];
const classifier = {
  inputs: [tensorValue("x", "FP32", ["N", 2])],
  outputs: [tensorValue("label", "BYTES", ["N"]), mapsOfScores("scores")],
  nodes: [
    node(
      "LinearClassifier",
      ["x"],
      ["label", "raw"],
      {
        coefficients: { floats: [1, 0, 0, 1, -1, -1] },
        intercepts: { floats: [0, 0, 0] },
        classlabels_strings: { texts: labels },
        post_transform: "NONE",
        multi_class: 1,
      },
      "ai.onnx.ml",
    ),
    node("ZipMap", ["raw"], ["scores"], { classlabels_strings: { texts: labels } }, "ai.onnx.ml"),
  ],
};

let server: ServerProcess;
beforeAll(async () => {
  const folder = scratch();
  const file = writeModel(join(folder, "classifier.onnx"), classifier);
  const root = join(folder, "root");
  const { model: _, ...settings } = settingsFor("");
  server = new ServerProcess({
    ...settings,
    models: [
      { name: "classifier", version: "1", uri: pathToFileURL(file).href, root },
      { name: "sequence", version: "1", uri: pathToFileURL(tiny("sequence")).href, root },
    ],
  });
  await server.waitForLog("ready");
  while (server.log.filter(({ msg }) => msg === "ready").length < 2)
    await new Promise((resolve) => setTimeout(resolve, 10));
});
afterAll(cleanUp);

test("a classifier with ZipMap is served with a tensor of scores, and its metadata names the classes", async () => {
  const { outputs } = await jsonOf(await fetch(`${server.url}/v2/models/classifier`));
  expect(outputs).toEqual([
    { name: "label", datatype: "BYTES", shape: [-1] },
    { name: "scores", datatype: "FP32", shape: [-1, 3], parameters: { labels } },
  ]);
  const request = { inputs: [{ name: "x", datatype: "FP32", shape: [2, 2], data: [2, 1, -3, 0.5] }] };
  expect((await infer(server.url, request, "classifier")).outputs).toEqual([
    { name: "label", datatype: "BYTES", shape: [2], data: ["setosa", "virginica"] },
    { name: "scores", datatype: "FP32", shape: [2, 3], data: [2, 1, -3, -3, 0.5, 2.5] },
  ]);
});

test("a list of tensors is served as one tensor", async () => {
  const request = { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [7] }] };
  expect((await infer(server.url, request, "sequence")).outputs).toEqual([
    { name: "list", datatype: "FP32", shape: [1, 1], data: [7] },
  ]);
});
