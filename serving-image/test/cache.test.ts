import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bytesOf, postBinary } from "./support/binary";
import { ask, cacheCounts, requestOf, runsOf, skippedFor } from "./support/cache-client";
import { infer, jsonOf, pipeline, post } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { node, tensorValue, writeModel } from "./support/onnx-writer";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, scratch, serve, tiny, type ServerProcess } from "./support/server-process";

const MEMORY = { cache: { memory: {} } };

afterAll(cleanUp);

const outcomeOf = ({ headers }: { headers: Headers }): string | null => headers.get("slipway-cache");

describe("one entry for a request in any format", () => {
  let server: ServerProcess;
  let client: GrpcClient;
  const pixels = samples[0]?.inputs.image ?? [];
  const raw = bytesOf(Float32Array.from(pixels));
  const image = { name: "image", datatype: "FP32", shape: [1, 64] };

  beforeAll(async () => {
    server = await serve(digits("1.1.0"), MEMORY);
    client = new GrpcClient(server.grpcPort);
  });
  afterAll(() => client.close());

  test("JSON, bytes, gRPC and instances", async () => {
    const url = `${server.url}/v2/models/digits/infer`;
    const first = await post(url, requestFor(0));
    expect(outcomeOf(first)).toBe("miss");
    const computed = (await jsonOf(first)) as { outputs: unknown; parameters: unknown };
    const again = await post(url, { id: "mine", ...requestFor(0) });
    expect(outcomeOf(again)).toBe("hit");
    const { outputs, parameters, id } = await jsonOf(again);
    expect([outputs, id]).toEqual([computed.outputs, "mine"]);
    // Each prediction has its own id, for its feedback.
    expect(parameters).not.toEqual(computed.parameters);

    const head = JSON.stringify({ inputs: [{ ...image, parameters: { binary_data_size: raw.length } }] });
    const binary = await postBinary(url, head, [raw]);
    expect([outcomeOf(binary), JSON.parse(binary.json).outputs]).toEqual(["hit", computed.outputs]);
    const grpc = await client.infer({ inputs: [image], raw_input_contents: [raw] });
    expect(grpc.metadata?.get("slipway-cache")).toEqual(["hit"]);
    expect(grpc.answer.parameters).toMatchObject({ cache: { string_param: "hit" } });
    const plain = await post(`${server.url}/v1/models/digits:predict`, { instances: [pixels] });
    expect(outcomeOf(plain)).toBe("hit");
    expect(await cacheCounts(server)).toMatchObject({ hits_total: 4, misses_total: 1, entries: 1 });
  });

  test("other outputs or inputs are separate entries; the order of the outputs does not matter", async () => {
    const url = `${server.url}/v2/models/digits/infer`;
    const outcomes: unknown[] = [];
    const [label, probabilities] = [{ name: "label" }, { name: "probabilities" }];
    for (const outputs of [[label], [probabilities], [probabilities, label], [label, probabilities]]) {
      outcomes.push(outcomeOf(await post(url, { ...requestFor(1), outputs })));
    }
    outcomes.push(outcomeOf(await post(url, requestFor(2))));
    expect(outcomes).toEqual(["miss", "miss", "miss", "hit", "miss"]);
  });

  test("hits count in the statistics like all other requests", async () => {
    const { model_stats: stats } = await jsonOf(await fetch(`${server.url}/v2/models/digits/stats`));
    expect(stats).toMatchObject([
      { inference_stats: { success: { count: 10 }, cache_hit: { count: 5 }, cache_miss: { count: 5 } } },
    ]);
  });
});

test("answers of a model that draws random numbers are not cached", async () => {
  const file = writeModel(join(scratch(), "model.onnx"), {
    inputs: [tensorValue("x", "FP32", [1, 3])],
    outputs: [tensorValue("y", "FP32", [1, 3])],
    nodes: [node("RandomUniformLike", ["x"], ["y"])],
  });
  const server = await serve(file, MEMORY);
  const inputs = [{ name: "x", datatype: "FP32", shape: [1, 3], data: [1, 2, 3] }];
  const answers = [1, 2].map(async () => (await infer(server.url, { inputs })).outputs);
  const [first, second] = await Promise.all(answers);
  expect(first).not.toEqual(second);
  expect(server.line("the model is not cached")).toMatchObject({
    reason: expect.stringContaining("RandomUniformLike"),
  });
});

test("an entry preserves every datatype to the last bit", async () => {
  const server = await serve(tiny("echo"), MEMORY);
  const elements = {
    BOOL: [true, false],
    UINT8: [0, 255],
    UINT16: [0, 65_535],
    UINT32: [0, 4_294_967_295],
    UINT64: ["0", "18446744073709551615"],
    INT8: [-128, 127],
    INT16: [-32_768, 32_767],
    INT32: [-2_147_483_648, 2_147_483_647],
    INT64: ["-9223372036854775808", "9223372036854775807"],
    FLOAT: [0.1, -3e38],
    DOUBLE: [0.1, 5e-324],
    STRING: ["", "naïve 🚢"],
  };
  const datatypes: Record<string, string> = { FLOAT: "FP32", DOUBLE: "FP64", STRING: "BYTES" };
  const inputs = Object.entries(elements).map(([name, data]) => {
    const datatype = datatypes[name] ?? name;
    const text = datatype.endsWith("INT64") ? `[${data.join()}]` : JSON.stringify(data);
    return `{"name":"in_${name}","datatype":"${datatype}","shape":[1,2],"data":${text}}`;
  });
  const send = async (): Promise<[string | null, string]> => {
    const response = await post(`${server.url}/v2/models/digits/infer`, `{"inputs":[${inputs.join()}]}`);
    return [outcomeOf(response), (await response.text()).replace(/"prediction_id":"[^"]*"/, "")];
  };
  const [[first, computed], [second, kept]] = [await send(), await send()];
  expect([first, second]).toEqual(["miss", "hit"]);
  expect(kept).toBe(computed);
  expect(kept).toContain("18446744073709551615");
});

test("each version, and each artifact of a version, has its own entries", async () => {
  const root = scratch();
  const file = join(root, "digits.onnx");
  copyFileSync(digits("1.1.0"), file);
  const models = [{ name: "digits", version: "2", uri: file, root }];
  const server = await serve(file, { ...MEMORY, models, repository: { root, control: true } });
  while ((await fetch(`${server.url}/ready`)).status !== 200) await delay(5);
  const outcome = async (version: string) =>
    outcomeOf(await post(`${server.url}/v2/models/digits/versions/${version}/infer`, requestFor(0)));
  expect([await outcome("2"), await outcome("1.1.0"), await outcome("2")]).toEqual(["miss", "miss", "hit"]);
  copyFileSync(digits("1.0.0"), file);
  expect((await post(`${server.url}/v2/repository/models/digits/load`, {})).status).toBe(200);
  expect([await outcome("2"), await outcome("2")]).toEqual(["miss", "hit"]);
});

test("concurrent requests with the same inputs share one run", async () => {
  const server = await serve(tiny("slow"), MEMORY);
  expect(server.line("the cache takes longer than the model")).toBeUndefined();
  const before = await runsOf(server);
  const answers = await pipeline(server.port, "/v2/models/digits/infer", Array(30).fill(requestOf(1)));
  expect((await runsOf(server)) - before).toBe(1);
  const outputs = answers.map(({ body }) => JSON.stringify(JSON.parse(body).outputs));
  expect([answers.length, new Set(outputs).size]).toEqual([30, 1]);
  const ids = answers.map(({ body }) => JSON.parse(body).parameters.prediction_id);
  expect(new Set(ids).size).toBe(30);
  expect(await cacheCounts(server)).toMatchObject({ hits_total: 0, misses_total: 1, shared_total: 29, entries: 1 });
});

test("errors are neither cached nor shared", async () => {
  const server = await serve(tiny("table"), MEMORY);
  const send = (index: number) =>
    post(`${server.url}/v2/models/digits/infer`, {
      inputs: [{ name: "index", datatype: "INT64", shape: [1], data: [index] }],
    });
  for (let i = 0; i < 2; i++)
    expect((await Promise.all([send(9), send(9)])).map(({ status }) => status)).toEqual([422, 422]);
  expect(await cacheCounts(server)).toMatchObject({ hits_total: 0, shared_total: 0, entries: 0 });
  const log = await serve(tiny("log"), { ...MEMORY, limits: { notFinite: "refuse" } });
  const statuses: number[] = [];
  for (let i = 0; i < 2; i++) statuses.push((await post(`${log.url}/v2/models/digits/infer`, requestOf(-1))).status);
  expect(statuses).toEqual([422, 422]);
  expect(await cacheCounts(log)).toMatchObject({ hits_total: 0, entries: 0 });
});

test("an entry expires after its TTL", async () => {
  const server = await serve(tiny("log"), { cache: { memory: {}, ttlSeconds: 2 } });
  expect([(await ask(server, 2)).outcome, (await ask(server, 2)).outcome]).toEqual(["miss", "hit"]);
  await delay(2100);
  expect((await ask(server, 2)).outcome).toBe("miss");
});

test("entries stay within the memory limit, and the least recently used ones are evicted", async () => {
  const maxBytes = 10_000;
  const server = await serve(tiny("log"), { cache: { memory: { maxBytes }, maxEntryBytes: 100 } });
  for (let x = 1; x <= 100; x++) {
    await ask(server, x);
    await ask(server, 1);
  }
  const { bytes = 0, entries = 0 } = await cacheCounts(server);
  expect(entries).toBeGreaterThan(10);
  expect(entries).toBeLessThan(50);
  expect(bytes).toBeLessThanOrEqual(maxBytes);
  expect([(await ask(server, 1)).outcome, (await ask(server, 100)).outcome, (await ask(server, 2)).outcome]).toEqual([
    "hit",
    "hit",
    "miss",
  ]);
  const wide = { inputs: [{ name: "x", datatype: "FP32", shape: [50], data: Array(50).fill(1) }] };
  expect(outcomeOf(await post(`${server.url}/v2/models/digits/infer`, wide))).toBe("miss");
  expect(outcomeOf(await post(`${server.url}/v2/models/digits/infer`, wide))).toBe("miss");
  expect(await skippedFor(server, "too_large")).toBe(2);
});

test("most requests of a long-tailed replay are hits", async () => {
  const server = await serve(tiny("log"), { cache: { memory: { maxBytes: 150_000 } } });
  const replay = zipf(1000, 6000);
  for (let i = 0; i < replay.length; i += 100) {
    const answers = await pipeline(server.port, "/v2/models/digits/infer", replay.slice(i, i + 100).map(requestOf));
    for (const [n, { body }] of answers.entries()) {
      expect(JSON.parse(body).outputs[0].data[0]).toBeCloseTo(Math.log(replay[i + n] ?? NaN), 5);
    }
  }
  const { hits_total: hits = 0, misses_total: misses = 0, shared_total: shared = 0 } = await cacheCounts(server);
  expect(hits + misses + shared).toBe(replay.length);
  expect((hits + shared) / replay.length).toBeGreaterThan(0.8);
});

/** Draws numbers from 1 to `things` with a probability proportional to their inverse (Zipf's law), reproducibly. */
function zipf(things: number, draws: number): number[] {
  const sums: number[] = [];
  for (let k = 1; k <= things; k++) sums.push((sums.at(-1) ?? 0) + 1 / k);
  let seed = 1;
  return Array.from({ length: draws }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const drawn = (seed / 2 ** 32) * (sums.at(-1) ?? 0);
    return sums.findIndex((sum) => sum > drawn) + 1;
  });
}

test("a full queue does not affect hits, and a model can opt out of the cache", async () => {
  const batching = { maxBatchSize: 1, queueSize: 2 };
  const server = await serve(tiny("slow"), { ...MEMORY, batching, workers: { count: 1 } });
  await ask(server, 0);
  const others = Array.from({ length: 40 }, (_, i) => post(`${server.url}/v2/models/digits/infer`, requestOf(i + 1)));
  const hits = await Promise.all(Array.from({ length: 10 }, () => ask(server, 0)));
  expect(new Set(hits.map(({ outcome }) => outcome))).toEqual(new Set(["hit"]));
  expect((await Promise.all(others)).map(({ status }) => status)).toContain(429);

  const without = await serve(tiny("log"), { ...MEMORY, model: { cache: false } });
  expect([(await ask(without, 1)).outcome, (await ask(without, 1)).outcome]).toEqual([null, null]);
  expect(await cacheCounts(without)).toMatchObject({ hits_total: 0, misses_total: 0 });
});

test("without a cache there are neither headers nor metrics of one", async () => {
  const off = await serve(tiny("log"));
  expect((await ask(off, 1)).outcome).toBeNull();
  expect(await (await fetch(`${off.url}/metrics`)).text()).not.toContain("slipway_cache");
});
