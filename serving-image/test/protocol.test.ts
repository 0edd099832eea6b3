import { readFileSync } from "node:fs";
import { infer, type InferAnswer, metricsOf, outputOf, post, seriesOf } from "./support/client";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "./support/server-process";
import { sha256 } from "./support/split-model";

let server: ServerProcess;
let model: string;

beforeAll(async () => {
  server = await serve(digits("1.1.0"), { model: { version: "1.1.0-rc.1+build.7" } });
  model = `${server.url}/v2/models/digits`;
});
afterAll(cleanUp);

const get = async (url: string): Promise<[number, unknown]> => {
  const response = await fetch(url);
  return [response.status, await response.json()];
};

test("reports its metadata, liveness and readiness", async () => {
  const metadata = {
    name: "digits",
    versions: ["1.1.0-rc.1+build.7"],
    platform: "onnxruntime_onnx",
    inputs: [{ name: "image", datatype: "FP32", shape: [-1, 64] }],
    outputs: [
      { name: "label", datatype: "INT64", shape: [-1] },
      { name: "probabilities", datatype: "FP32", shape: [-1, 10] },
    ],
  };
  expect(await get(`${server.url}/v2`)).toEqual([200, expect.objectContaining({ name: "slipway-serving" })]);
  for (const path of ["/health", "/v2/health/live"])
    expect(await get(server.url + path)).toEqual([200, { live: true }]);
  const ready = [
    "/ready",
    "/v2/health/ready",
    "/v2/models/digits/ready",
    "/v2/models/digits/versions/1.1.0-rc.1%2Bbuild.7/ready",
  ];
  for (const path of ready) expect(await get(server.url + path)).toEqual([200, { ready: true }]);
  expect(await get(model)).toEqual([200, metadata]);
  expect(await get(`${model}/versions/1.1.0-rc.1+build.7`)).toEqual([200, metadata]);
  expect((await fetch(`${server.url}/health`, { method: "HEAD" })).status).toBe(200);
});

test("reports the model configuration in Triton's format", async () => {
  const expected = {
    name: "digits",
    platform: "onnxruntime_onnx",
    backend: "onnxruntime",
    version_policy: { latest: { num_versions: 1 } },
    max_batch_size: 32,
    input: [{ name: "image", data_type: "TYPE_FP32", dims: [64] }],
    output: [
      { name: "label", data_type: "TYPE_INT64", dims: [] },
      { name: "probabilities", data_type: "TYPE_FP32", dims: [10] },
    ],
    default_model_filename: "model.onnx",
    dynamic_batching: { max_queue_delay_microseconds: 0 },
    parameters: { sha256: { string_value: sha256(readFileSync(digits("1.1.0"))) } },
  };
  expect(await get(`${model}/config`)).toEqual([200, expected]);
  expect(await get(`${model}/versions/1.1.0-rc.1+build.7/config`)).toEqual([200, expected]);
});

test("predicts every recorded digit as the model did in training", async () => {
  for (const [i, sample] of samples.entries()) {
    const answer = await infer(server.url, requestFor(i));
    const expected = sample.expected["1.1.0"];
    expect(outputOf(answer, "label")).toEqual({ name: "label", datatype: "INT64", shape: [1], data: expected?.label });
    const probabilities = outputOf(answer, "probabilities")?.data ?? [];
    const furthest = Math.max(
      ...probabilities.map((p, k) => Math.abs(Number(p) - (expected?.probabilities[k] ?? NaN))),
    );
    expect(furthest).toBeLessThanOrEqual(0.0001);
  }
});

test("accepts several rows at once, flat or nested, and returns only the requested outputs", async () => {
  const images = samples.slice(0, 3).map(({ inputs }) => inputs.image);
  const expected = samples.slice(0, 3).flatMap((sample) => sample.expected["1.1.0"]?.label);
  const eightByEight = images.map((image) => [...image]);
  for (const data of [images.flat(), eightByEight]) {
    const answer = await infer(server.url, {
      inputs: [{ name: "image", datatype: "FP32", shape: [3, 64], data }],
      outputs: [{ name: "label" }],
    });
    expect(answer.outputs).toEqual([{ name: "label", datatype: "INT64", shape: [3], data: expected }]);
  }
});

test("prediction ids contain the version, and a request id is only echoed if there is one", async () => {
  const versioned = `${model}/versions/1.1.0-rc.1+build.7/infer`;
  const response = await post(versioned, { ...requestFor(0), id: 'mine "quoted"' });
  const answer: InferAnswer = JSON.parse(await response.text());
  expect(answer).toMatchObject({ model_name: "digits", model_version: "1.1.0-rc.1+build.7", id: 'mine "quoted"' });
  expect(answer.parameters.prediction_id).toMatch(/^1\.1\.0-rc\.1\+build\.7\.[0-9a-f-]{36}\.[0-9a-z]+$/);
  expect(response.headers.get("slipway-prediction-id")).toBe(answer.parameters.prediction_id);
  const other = await infer(server.url, requestFor(0));
  expect(other).not.toHaveProperty("id");
  expect(other.parameters.prediction_id).not.toBe(answer.parameters.prediction_id);
});

test("counts requests by status, and the duration of those that were not rejected", async () => {
  const count = async (): Promise<(number | undefined)[]> => {
    const text = await metricsOf(server.url);
    return [
      seriesOf(text, "slipway_inference_requests_total", { version: "1.1.0-rc.1+build.7", code: "200" }),
      seriesOf(text, "slipway_inference_requests_total", { version: "1.1.0-rc.1+build.7", code: "400" }) ?? 0,
      seriesOf(text, "slipway_inference_duration_seconds_count"),
      seriesOf(text, "slipway_inference_queue_seconds_count"),
      seriesOf(text, "slipway_inference_compute_seconds_count"),
      seriesOf(text, "slipway_inference_batch_size_sum"),
      seriesOf(text, "slipway_inference_in_flight_requests"),
      seriesOf(text, "slipway_model_ready"),
    ];
  };
  const before = await count();
  await infer(server.url, requestFor(1));
  await post(`${model}/infer`, "{}");
  const after = await count();
  expect(after.map((value, i) => Number(value) - Number(before[i]))).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  expect(after.slice(-2)).toEqual([0, 1]);
});
