import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestsIn } from "../src/model/warm-up/recorded-samples";
import { infer, outputOf, post } from "./support/client";
import { constant, node, tensorValue, writeModel } from "./support/onnx-writer";
import { cleanUp, digits, SAMPLES, scratch, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

afterAll(cleanUp);

const colour = (value: string, rows = 1): object => ({
  inputs: [{ name: "colour", datatype: "BYTES", shape: [rows, 1], data: Array(rows).fill(value) }],
});

/** A folder with a model and a folder `warmup` with a file. */
function withSamples(model: string, name: string, content: string): string {
  const folder = scratch();
  mkdirSync(join(folder, "warmup"));
  copyFileSync(tiny(model), join(folder, "model.onnx"));
  writeFileSync(join(folder, "warmup", name), content);
  return join(folder, "model.onnx");
}

test("a model that rejects all invented inputs is served, in a worker and without batches, and the log says why", async () => {
  const server = await serve(tiny("colour"), { workers: { count: 1 } });
  expect(server.line("the model was not warmed up: it rejected all inputs")).toMatchObject({
    level: "warn",
    reason: expect.stringContaining("Unknown Category"),
    fix: expect.stringContaining("model.warmUp.samples"),
  });
  expect(server.line("model not measured")).toMatchObject({
    computesIn: "worker threads",
    reason: "its runs could not be measured",
    batching: { maxRows: 1 },
  });
  expect(outputOf(await infer(server.url, colour("green")), "code")?.data).toEqual([0, 1]);
  expect((await post(`${server.url}/v2/models/digits/infer`, colour("blue"))).status).toBe(422);
});

test("recorded requests next to the model warm it up, so that it is measured and batched", async () => {
  const requests = [colour("red"), colour("green", 3), { instances: [["red"]] }];
  const file = withSamples("colour", "requests.jsonl", requests.map((one) => JSON.stringify(one)).join("\n"));
  const server = await serve(file);
  expect(server.line("model warmed up")).toMatchObject({ computesIn: "event loop", batching: { maxRows: 32 } });
  expect(outputOf(await infer(server.url, colour("green")), "code")?.data).toEqual([0, 1]);
});

test("warmUp.samples names recorded requests, such as the samples of a rehearsal", async () => {
  const server = await serve(digits("1.1.0"), { model: { warmUp: { samples: SAMPLES } } });
  expect(server.line("model warmed up")).toBeDefined();
  expect(server.log.filter(({ level }) => level === "warn")).toEqual([]);
});

test("samples that cannot be used are reported, and do not keep the model from being served", async () => {
  const missing = await serve(digits("1.1.0"), { model: { warmUp: { samples: "/missing.json" } } });
  expect(missing.line("the recorded samples could not be read")).toMatchObject({
    reason: expect.stringContaining("ENOENT"),
    fix: expect.stringContaining("model.warmUp.samples"),
  });
  expect(missing.line("model warmed up")).toBeDefined();
  const rejected = await serve(withSamples("colour", "one.json", JSON.stringify(colour("blue"))));
  expect(rejected.line("ready")).toBeDefined();
  expect(rejected.line("the model was not warmed up: it rejected all inputs")).toBeDefined();
});

test("several kinds of values are invented, such as identifiers that do not begin at 0", async () => {
  const server = await serve(tiny("vocabulary"));
  expect(server.line("model warmed up")).toMatchObject({ computesIn: "event loop" });
});

test("the state of a recurrent network is invented for one row, although its rows are in the second dimension", async () => {
  const file = writeModel(join(scratch(), "recurrent.onnx"), {
    inputs: [tensorValue("sound", "FP32", ["N", "L"]), tensorValue("state", "FP32", [2, "N", 3])],
    outputs: [tensorValue("y", "FP32", ["N", 4])],
    // The sixth element has to exist, so one is too short a sound.
    nodes: [
      node("Gather", ["sound", "sixth"], ["element"], { axis: 1 }),
      node("Gather", ["state", "layer"], ["last"], { axis: 0 }),
      node("Concat", ["element", "last"], ["y"], { axis: 1 }),
    ],
    constants: [constant("sixth", "INT64", [1], [5]), constant("layer", "INT64", [], [1])],
  });
  expect((await serve(file)).line("model warmed up")).toBeDefined();
});

test("warmUp.shapes sets the shapes of invented inputs", async () => {
  const server = await serve(tiny("seven"), { model: { warmUp: { shapes: { x: [1, 7] } } } });
  expect(server.line("model warmed up")).toBeDefined();
  const inputs = [{ name: "x", datatype: "FP32", shape: [1, 7], data: [1, 2, 3, 4, 5, 6, 7] }];
  expect(outputOf(await infer(server.url, { inputs }), "y")?.data).toEqual([28]);
});

test("warm-up can be turned off", async () => {
  const server = new ServerProcess(settingsFor(digits("1.1.0"), { model: { warmUp: { enabled: false } } }));
  await server.waitForLog("ready");
  expect(server.line("model not measured")).toMatchObject({ computesIn: "worker threads", batching: { maxRows: 1 } });
  expect(server.log.filter(({ level }) => level === "warn")).toEqual([]);
});

test("a file of samples is one request, an array, a request in each line, or the samples of a rehearsal", () => {
  const request = '{"inputs":[]}';
  expect(requestsIn(request)).toEqual([request]);
  expect(requestsIn(`[${request},${request}]`)).toEqual([request, request]);
  expect(requestsIn(`${request}\n\n${request}\n`)).toEqual([request, request]);
  const rehearsal = { inputs: [{ name: "x", datatype: "FP32", shape: [1] }], samples: [{ inputs: { x: [2] } }] };
  expect(requestsIn(JSON.stringify(rehearsal)).map((one) => JSON.parse(one))).toEqual([
    { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [2] }] },
  ]);
});
