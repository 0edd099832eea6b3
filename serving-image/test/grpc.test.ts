import { status } from "@grpc/grpc-js";
import { bytesOf } from "./support/binary";
import { metricsOf, seriesOf } from "./support/client";
import { FileServer } from "./support/file-server";
import { GrpcClient } from "./support/grpc-client";
import { samples } from "./support/samples";
import { cleanUp, digits, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

const clients: GrpcClient[] = [];
const clientOf = ({ grpcPort }: ServerProcess): GrpcClient => {
  const client = new GrpcClient(grpcPort);
  clients.push(client);
  return client;
};

let server: ServerProcess;
let client: GrpcClient;
let echo: GrpcClient;

beforeAll(async () => {
  server = await serve(digits("1.1.0"), { http: { bodyLimitBytes: 100_000 } });
  client = clientOf(server);
  echo = clientOf(await serve(tiny("echo")));
});
afterAll(async () => {
  for (const one of clients) one.close();
  await cleanUp();
});

const image = { name: "image", datatype: "FP32", shape: [1, 64] };
const pixels = samples[0]?.inputs.image ?? [];
const raw = bytesOf(Float32Array.from(pixels));

test("reports its metadata, liveness and readiness", async () => {
  const answerTo = async (method: string, request = {}): Promise<object> => (await client.call(method, request)).answer;
  expect(await answerTo("ServerLive")).toEqual({ live: true });
  expect(await answerTo("ServerReady")).toEqual({ ready: true });
  expect(await answerTo("ModelReady", { name: "digits", version: "1.1.0" })).toEqual({ ready: true });
  expect(await answerTo("ServerMetadata")).toMatchObject({ name: "slipway-serving" });
  expect(await answerTo("ModelMetadata", { name: "digits" })).toEqual({
    name: "digits",
    versions: ["1.1.0"],
    platform: "onnxruntime_onnx",
    inputs: [{ ...image, shape: ["-1", "64"] }],
    outputs: [
      { name: "label", datatype: "INT64", shape: ["-1"] },
      { name: "probabilities", datatype: "FP32", shape: ["-1", "10"] },
    ],
  });
});

test("a name that is cut in half of a character in a message does not end the server", async () => {
  // One of the two cuts is inside a surrogate pair.
  for (const name of [200, 201].map((length) => "x".repeat(length) + "😀".repeat(100))) {
    for (const text of [name, name.slice(100)]) {
      expect((await client.call("Check", { service: text.slice(1) }, client.health)).code).toBe(status.NOT_FOUND);
      expect((await client.infer(digit({ datatype: text }))).code).toBe(status.INVALID_ARGUMENT);
    }
  }
  expect((await client.call("Check", { service: "" }, client.health)).answer).toEqual({ status: "SERVING" });
});

test("reports the model configuration in Triton's format", async () => {
  const { answer } = await client.call("ModelConfig", { name: "digits" });
  expect(answer.config).toMatchObject({
    name: "digits",
    version_policy: { latest: { num_versions: 1 } },
    max_batch_size: 32,
    input: [{ name: "image", data_type: "TYPE_FP32", dims: ["64"] }],
    output: [{ name: "label", data_type: "TYPE_INT64", dims: [] }, { name: "probabilities" }],
  });
});

test("predicts as over HTTP, returns the prediction id, and counts the request", async () => {
  const before = await metricsOf(server.url);
  const fromRaw = await client.infer({ id: "mine", inputs: [image], raw_input_contents: [raw] });
  const contents = { fp32_contents: pixels };
  const fromContents = await client.infer({ inputs: [{ ...image, contents }], outputs: [{ name: "label" }] });
  expect(fromRaw.answer).toMatchObject({ model_name: "digits", model_version: "1.1.0", id: "mine" });
  expect(fromRaw.answer.outputs).toMatchObject([{ name: "label" }, { name: "probabilities", shape: ["1", "10"] }]);
  const label = bytesOf(BigInt64Array.of(BigInt(samples[0]?.label ?? -1)));
  expect(fromRaw.answer.raw_output_contents).toEqual([label, expect.any(Buffer)]);
  expect(fromContents.answer).toMatchObject({ id: "", raw_output_contents: [label] });
  const { parameters } = fromRaw.answer as { parameters: Record<string, { string_param: string }> };
  expect(parameters.prediction_id?.string_param).toMatch(/^1\.1\.0\.[0-9a-f-]{36}\.[0-9a-z]+$/);
  expect(fromRaw.metadata?.get("slipway-prediction-id")).toEqual([parameters.prediction_id?.string_param]);
  const after = await metricsOf(server.url);
  for (const name of ["slipway_inference_requests_total", "slipway_inference_duration_seconds_count"]) {
    expect(Number(seriesOf(after, name)) - Number(seriesOf(before, name))).toBe(2);
  }
});

const strings = Buffer.concat([bytesOf(Uint32Array.of(0)), bytesOf(Uint32Array.of(2)), Buffer.from("ü")]);
const elements: [string, string, object, Buffer][] = [
  ["BOOL", "BOOL", { bool_contents: [true, false] }, Buffer.of(1, 0)],
  ["UINT8", "UINT8", { uint_contents: [0, 255] }, Buffer.of(0, 255)],
  ["UINT16", "UINT16", { uint_contents: [1, 65535] }, bytesOf(Uint16Array.of(1, 65535))],
  ["UINT32", "UINT32", { uint_contents: [1, 2 ** 32 - 1] }, bytesOf(Uint32Array.of(1, 2 ** 32 - 1))],
  [
    "UINT64",
    "UINT64",
    { uint64_contents: ["1", "18446744073709551615"] },
    bytesOf(BigUint64Array.of(1n, 2n ** 64n - 1n)),
  ],
  ["INT8", "INT8", { int_contents: [-128, 127] }, bytesOf(Int8Array.of(-128, 127))],
  ["INT16", "INT16", { int_contents: [-32768, 2] }, bytesOf(Int16Array.of(-32768, 2))],
  ["INT32", "INT32", { int_contents: [-(2 ** 31), 3] }, bytesOf(Int32Array.of(-(2 ** 31), 3))],
  [
    "INT64",
    "INT64",
    { int64_contents: ["-9223372036854775808", "9007199254740993"] },
    bytesOf(BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n)),
  ],
  ["FLOAT", "FP32", { fp32_contents: [-1.5, NaN] }, bytesOf(Float32Array.of(-1.5, NaN))],
  ["DOUBLE", "FP64", { fp64_contents: [0.1, -Infinity] }, bytesOf(Float64Array.of(0.1, -Infinity))],
  ["STRING", "BYTES", { bytes_contents: [Buffer.of(), Buffer.from("ü")] }, strings],
];
const inputOf = (i: number): object => ({ name: `in_${elements[i]?.[0]}`, datatype: elements[i]?.[1], shape: [1, 2] });

test("transfers every datatype, as contents or raw, in both directions", async () => {
  const expected = elements.map(([, , , bytes]) => bytes);
  const asContents = elements.map(([, , contents], i) => ({ ...inputOf(i), contents }));
  const asRaw = elements.map((_, i) => inputOf(i));
  expect((await echo.infer({ inputs: asContents })).answer.raw_output_contents).toEqual(expected);
  expect((await echo.infer({ inputs: asRaw, raw_input_contents: expected })).answer.raw_output_contents).toEqual(
    expected,
  );
});

const echoWith = (changed: number, change: object): object => ({
  inputs: elements.map(([, , contents], i) => ({ ...inputOf(i), contents, ...(i === changed && change) })),
});
const digit = (change: object): object => ({ inputs: [{ ...image, contents: { fp32_contents: pixels }, ...change }] });

test.each<[string, () => GrpcClient, object, status, RegExp]>([
  ["an unknown model", () => client, { model_name: "letters", inputs: [] }, status.NOT_FOUND, /"letters" is unknown/],
  ["an unknown version", () => client, { model_version: "9", inputs: [] }, status.NOT_FOUND, /Version "9"/],
  ["no input", () => client, { inputs: [] }, status.INVALID_ARGUMENT, /Input "image" is missing/],
  ["a wrong shape", () => client, digit({ shape: [1, 63] }), status.INVALID_ARGUMENT, /expects \[-1, 64\]/],
  [
    "a shape larger than any memory",
    () => client,
    digit({ shape: ["9223372036854775807", 64] }),
    status.INVALID_ARGUMENT,
    /shape is \[9223372036854776000/,
  ],
  [
    "another datatype",
    () => client,
    digit({ datatype: "FP64" }),
    status.INVALID_ARGUMENT,
    /but the model expects FP32/,
  ],
  [
    "too few elements",
    () => client,
    digit({ contents: { fp32_contents: [1] } }),
    status.INVALID_ARGUMENT,
    /fp32_contents has 1/,
  ],
  ["no elements", () => client, digit({ contents: null }), status.INVALID_ARGUMENT, /neither contents nor raw/],
  [
    "the wrong field",
    () => client,
    digit({ contents: { fp64_contents: pixels } }),
    status.INVALID_ARGUMENT,
    /fp64_contents has elements, but FP32/,
  ],
  [
    "both fields",
    () => client,
    { ...digit({}), raw_input_contents: [raw] },
    status.INVALID_ARGUMENT,
    /both contents and raw/,
  ],
  [
    "raw input without an input",
    () => client,
    { inputs: [image], raw_input_contents: [raw, raw] },
    status.INVALID_ARGUMENT,
    /has 2 entries, but there are 1/,
  ],
  [
    "truncated raw input",
    () => client,
    { inputs: [image], raw_input_contents: [raw.subarray(1)] },
    status.INVALID_ARGUMENT,
    /needs 256 bytes, but has 255/,
  ],
  [
    "an unknown output",
    () => client,
    { ...digit({}), outputs: [{ name: "x" }] },
    status.INVALID_ARGUMENT,
    /Output "x" is unknown/,
  ],
  [
    "classification",
    () => client,
    { ...digit({}), outputs: [{ name: "label", parameters: { classification: { int64_param: 1 } } }] },
    status.INVALID_ARGUMENT,
    /classification is not supported/,
  ],
  [
    "shared memory",
    () => client,
    digit({ parameters: { shared_memory_region: { string_param: "r" } } }),
    status.INVALID_ARGUMENT,
    /shared memory is not supported/,
  ],
  [
    "an INT8 of 128",
    () => echo,
    echoWith(5, { contents: { int_contents: [0, 128] } }),
    status.INVALID_ARGUMENT,
    /element 1 of data is 128, which is not a valid INT8/,
  ],
  [
    "bytes that are not UTF-8",
    () => echo,
    echoWith(11, { contents: { bytes_contents: [Buffer.of(0xff), Buffer.of()] } }),
    status.INVALID_ARGUMENT,
    /element 0 is not valid UTF-8/,
  ],
  ["a message that is too large", () => client, { id: "x".repeat(100_001) }, status.INVALID_ARGUMENT, /larger/],
])("rejects %s with a message", async (_what, to, request, code, message) => {
  const reply = await to().infer(request);
  expect([reply.code, reply.details]).toEqual([code, expect.stringMatching(message)]);
});

test("distinguishes a failure of the model from an invalid request, as over HTTP", async () => {
  const table = await serve(tiny("table"));
  const inputs = [{ name: "index", datatype: "INT64", shape: [1], contents: { int64_contents: ["99"] } }];
  const reply = await clientOf(table).infer({ inputs });
  expect([reply.code, reply.details]).toEqual([status.INTERNAL, expect.stringMatching(/cannot compute with these/)]);
  expect(seriesOf(await metricsOf(table.url), "slipway_inference_requests_total", { code: "422" })).toBe(1);
});

test("answers before its model is loaded: live, not ready, with the time to retry", async () => {
  const files = await FileServer.start({});
  const loading = new ServerProcess(settingsFor("", { model: { uri: `${files.url}/stalled` } }));
  await loading.waitForLog("listening for gRPC");
  const early = clientOf(loading);
  expect((await early.call("ServerLive", {})).answer).toEqual({ live: true });
  expect((await early.call("ServerReady", {})).answer).toEqual({ ready: false });
  expect((await early.call("ModelReady", { name: "digits" })).answer).toEqual({ ready: false });
  expect((await early.call("Check", {}, early.health)).answer).toEqual({ status: "NOT_SERVING" });
  const reply = await early.infer(digit({}));
  expect([reply.code, reply.details]).toEqual([
    status.UNAVAILABLE,
    expect.stringMatching(/not ready: the model file is/),
  ]);
  expect(reply.metadata?.get("grpc-retry-pushback-ms")).toEqual(["1000"]);
  files.close();
});

test("gRPC can be disabled, and a port in use is reported", async () => {
  const without = await serve(digits("1.1.0"), { grpc: { enabled: false } });
  expect(without.line("listening for gRPC")).toBeUndefined();
  const second = new ServerProcess(settingsFor(digits("1.1.0"), { grpc: { port: server.grpcPort } }));
  expect(await second.ended()).toBe(1);
  expect(second.stderr).toMatch(/\[SRV301\] grpc\.port: port \d+ on 127\.0\.0\.1 is in use/);
});
