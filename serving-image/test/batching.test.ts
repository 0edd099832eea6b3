import { join } from "node:path";
import { infer, jsonOf, metricsOf, outputOf, pipeline, seriesOf } from "./support/client";
import { writeModel } from "./support/onnx-writer";
import { requestFor } from "./support/samples";
import { cleanUp, digits, scratch, serve, tiny, type ServerProcess } from "./support/server-process";
import { attention, quantizedLabels } from "./support/sharing-models";

afterAll(cleanUp);

const PATH = "/v2/models/digits/infer";
const outputsOf = ({ body }: { body: string }): unknown => JSON.parse(body).outputs;

/** The number of runs of the model so far, and their rows. */
async function runs(server: ServerProcess): Promise<{ count: number; rows: number }> {
  const text = await metricsOf(server.url);
  const series = (suffix: string): number => Number(seriesOf(text, `slipway_inference_batch_size_${suffix}`));
  return { count: series("count"), rows: series("sum") };
}

test("requests that arrive together share one run, with the same results as alone", async () => {
  const server = await serve(digits("1.1.0"), { batching: { maxBatchSize: 16 } });
  expect(server.line("model warmed up")?.batching).toMatchObject({ maxRows: 16 });
  const requests = Array.from({ length: 40 }, (_, i) => requestFor(i));
  const alone: unknown[] = [];
  for (const request of requests) alone.push((await infer(server.url, request)).outputs);
  const before = await runs(server);
  const together = await pipeline(server.port, PATH, requests);
  const after = await runs(server);
  expect(together.map(outputsOf)).toEqual(alone);
  expect(after.rows - before.rows).toBe(40);
  expect(after.count - before.count).toBeLessThanOrEqual(20);
});

test("requests with several rows or other outputs share a run as well", async () => {
  const server = await serve(digits("1.1.0"));
  const image = (rows: number): number[] => Array.from({ length: rows * 64 }, (_, i) => (i * 7 + rows) % 17);
  const requests = [1, 3, 2, 40].map((rows, i) => ({
    inputs: [{ name: "image", datatype: "FP32", shape: [rows, 64], data: image(rows) }],
    ...(i % 2 === 1 && { outputs: [{ name: "probabilities" }] }),
  }));
  const alone: unknown[] = [];
  for (const request of requests) alone.push((await infer(server.url, request)).outputs);
  expect((await pipeline(server.port, PATH, requests)).map(outputsOf)).toEqual(alone);
});

test("a request that the model cannot compute fails alone in its batch", async () => {
  const server = await serve(tiny("table"));
  const row = (index: number): object => ({
    inputs: [{ name: "index", datatype: "INT64", shape: [1], data: [index] }],
  });
  const answers = await pipeline(server.port, PATH, [0, 4, 99, 1].map(row));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 422, 200]);
  expect(answers[2]?.body).toMatch(/cannot compute with these values: .*out of data bounds/);
  const rows = [0, 1, 3].map((i) => JSON.parse(answers[i]?.body ?? "").outputs[0].data);
  expect(rows).toEqual([
    [0.5, 1.5],
    [8.5, 9.5],
    [2.5, 3.5],
  ]);
});

test.each([
  ["centre", [-1, 2], 'ReduceMean "mean" combines all rows of the batch'],
  ["double", [3], "the model has no batch dimension"],
])("a model that cannot be batched (%s) is detected and runs one request at a time", async (name, shape, reason) => {
  const server = await serve(tiny(name));
  expect(server.line("model warmed up")?.batching).toMatchObject({ maxRows: 1, reason });
  const size = name === "double" ? [3] : [1, shape[1]];
  const request = (x: number): object => ({
    inputs: [{ name: "x", datatype: "FP32", shape: size, data: Array(shape.at(-1)).fill(x) }],
  });
  const expected = (x: number): number[] => Array(shape.at(-1)).fill(name === "double" ? 2 * x : 0);
  const answers = await pipeline(server.port, PATH, [1, 2, 3].map(request));
  expect(answers.map(({ body }) => JSON.parse(body).outputs[0].data)).toEqual([1, 2, 3].map(expected));
});

test("a model that rounds differently in a batch is only batched if the settings accept that", async () => {
  const exact = await serve(digits("1.0.0"));
  const fast = await serve(digits("1.0.0"), { batching: { exact: false } });
  expect(exact.line("each request has a run of its own")).toMatchObject({ maxRows: 1, decidedBy: "graph" });
  expect(fast.line("up to 32 rows share a run")).toMatchObject({ maxRows: 32, decidedBy: "settings" });
  const requests = Array.from({ length: 20 }, (_, i) => requestFor(i));
  const alone: unknown[] = [];
  for (const request of requests) alone.push((await infer(exact.url, request)).outputs);
  expect((await pipeline(exact.port, PATH, requests)).map(outputsOf)).toEqual(alone);
  const labels = (outputs: unknown): unknown =>
    (outputs as { name: string; data: unknown }[]).find((o) => o.name === "label")?.data;
  expect((await pipeline(fast.port, PATH, requests)).map(outputsOf).map(labels)).toEqual(alone.map(labels));
});

test("a dynamically quantized model is not batched, and the log, /stats and the statistics say why", async () => {
  const file = writeModel(join(scratch(), "quantized.onnx"), quantizedLabels);
  const exact = await serve(file);
  const reason = 'DynamicQuantizeLinear "DynamicQuantizeLinear_values" takes its scale from all rows of the batch';
  expect(exact.line("each request has a run of its own")).toMatchObject({ maxRows: 1, decidedBy: "graph", reason });
  expect(await (await fetch(`${exact.url}/stats`)).text()).toContain(
    `digits 1.1.0: each request has a run of its own (decided by graph): ${reason}`,
  );
  const { model_stats } = await jsonOf(await fetch(`${exact.url}/v2/models/stats`));
  expect(model_stats).toMatchObject([{ batching: { max_rows: 1, decided_by: "graph", reason } }]);
  const accepted = await serve(file, { batching: { exact: false } });
  expect(accepted.line("up to 32 rows share a run")).toMatchObject({ decidedBy: "settings", isExact: false });
});

test("lengths and batch sizes that were compared are in the log", async () => {
  const server = await serve(writeModel(join(scratch(), "attention.onnx"), attention), { batching: { exact: false } });
  expect(server.line("up to 32 rows share a run")?.measured).toMatchObject({
    batchSizes: expect.arrayContaining([2, 3, 5, 7, 32]),
    lengths: [1, 7, 16, 33, 128],
  });
});

test("a request whose inputs have different numbers of rows is rejected", async () => {
  const server = await serve(tiny("echo"));
  const answer = await infer(server.url, echoOf([1, 2])).catch(String);
  expect(answer).toMatch(/400.*in_UINT8.*has 2 rows, but another input has 1/);
  const fine = await infer(server.url, echoOf([2, 2]));
  expect(outputOf(fine, "out_INT64")?.data).toEqual([0, 0, 0, 0]);
});

/** A request for the echo model, by the number of rows in the first input and in the others. */
function echoOf([first, others]: [number, number]): object {
  const types = { BOOL: "BOOL", UINT8: "UINT8", UINT16: "UINT16", UINT32: "UINT32", UINT64: "UINT64", INT8: "INT8" };
  const all = {
    ...types,
    INT16: "INT16",
    INT32: "INT32",
    INT64: "INT64",
    FLOAT: "FP32",
    DOUBLE: "FP64",
    STRING: "BYTES",
  };
  const inputs = Object.entries(all).map(([name, datatype], i) => {
    const rows = i === 0 ? first : others;
    const element = datatype === "BOOL" ? false : datatype === "BYTES" ? "" : 0;
    return { name: `in_${name}`, datatype, shape: [rows, 2], data: Array(rows * 2).fill(element) };
  });
  return { inputs };
}
