import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { infer, metricsOf, post } from "./support/client";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, SAMPLES, scratch, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

afterEach(cleanUp);

const MAIN = join(__dirname, "../dist/main.js");

function fileOf(content: unknown): string {
  const file = join(scratch(), "baseline.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** The counts of one metric for one feature or output, by bin. */
async function binsOf(url: string, metric: string, feature: string): Promise<Record<string, number>> {
  const lines = (await metricsOf(url)).split("\n").filter((line) => line.startsWith(`${metric}{`));
  const ours = lines.filter((line) => line.includes(`"${feature}"`));
  return Object.fromEntries(ours.map((line) => [/bin="([^"]+)"/.exec(line)?.[1], Number(line.split(" ").at(-1))]));
}

/** The same once so many values were counted, which happens after the responses are sent. */
async function binsAfter(
  values: number,
  url: string,
  metric: string,
  feature: string,
): Promise<Record<string, number>> {
  let counts = await binsOf(url, metric, feature);
  while (sum(counts) < values) counts = await binsOf(url, metric, feature);
  return counts;
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

test("a baseline from recorded requests matches these requests, and shows drift in others", async () => {
  const made = execFileSync(process.execPath, [MAIN, "baseline", SAMPLES, "--version", "1.1.0", "--bins", "5"]);
  const { features, predictions } = JSON.parse(String(made));
  expect([features.length, predictions.length]).toEqual([64, 11]);
  const server = await serve(digits("1.1.0"), { drift: { baseline: fileOf(String(made)) } });
  for (let from = 0; from < samples.length; from += 60) {
    const rows = samples.slice(from, from + 60).map(({ inputs }) => inputs.image);
    await infer(server.url, {
      inputs: [{ name: "image", datatype: "FP32", shape: [rows.length, 64], data: rows.flat() }],
    });
  }
  for (const feature of ["image[19]", "image[42]"]) {
    const expected = await binsOf(server.url, "slipway_feature_bin_expected_share", feature);
    const counted = await binsAfter(samples.length, server.url, "slipway_feature_bin_total", feature);
    expect(sum(counted)).toBe(samples.length);
    for (const [bin, share] of Object.entries(expected)) expect(counted[bin]).toBeCloseTo(share * samples.length, 1);
  }
  const labels = await binsOf(server.url, "slipway_prediction_bin_total", "label");
  expect(labels).toEqual(
    expect.objectContaining({
      "0": samples.filter(({ expected }) => expected["1.1.0"]?.label[0] === 0).length,
      other: 0,
    }),
  );
  expect(sum(await binsOf(server.url, "slipway_prediction_bin_expected_share", "label"))).toBeCloseTo(1, 4);
  const before = await binsOf(server.url, "slipway_feature_bin_total", "image[42]");
  const white = { name: "image", datatype: "FP32", shape: [1, 64], data: Array(64).fill(1000) };
  for (let i = 0; i < 3; i++) await infer(server.url, { inputs: [white] });
  const after = await binsAfter(sum(before) + 3, server.url, "slipway_feature_bin_total", "image[42]");
  expect((after["+Inf"] ?? 0) - (before["+Inf"] ?? 0)).toBe(3);
});

test("counts strings, booleans, missing numbers and statistics of whole rows, for requests with several rows", async () => {
  const feature = (name: string, rule: object): object => ({ name, tensor: `in_${name}`, of: 0, shares: [], ...rule });
  const baseline = {
    features: [
      feature("STRING", { values: ["a", "b"] }),
      feature("BOOL", { values: [0, 1] }),
      feature("DOUBLE", { edges: [0, 10], of: 1 }),
      { name: "mean", tensor: "in_FLOAT", of: "mean", edges: [2], shares: [0.5, 0.5] },
      { name: "deviation", tensor: "in_FLOAT", of: "deviation", edges: [1.5, 2.5], shares: [] },
      { name: "nothing", tensor: "in_NOTHING", of: 0, edges: [1], shares: [] },
    ],
  };
  const server = await serve(tiny("echo"), { drift: { baseline: fileOf(baseline) } });
  const types = ["UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"];
  const row = (text: string, flag: boolean, double: number, float: number): Record<string, unknown> => ({
    ...Object.fromEntries(types.map((type) => [`in_${type}`, [0, 0]])),
    in_STRING: [text, ""],
    in_BOOL: [flag, flag],
    in_DOUBLE: [0, double],
    in_FLOAT: [float, float + 4],
  });
  const instances = [row("a", true, -1, 0), row("b", false, 10, 5), row("z", true, 11, 0)];
  expect((await post(`${server.url}/v1/models/digits:predict`, { instances })).status).toBe(200);
  const counted = (name: string, values = instances.length): Promise<Record<string, number>> =>
    binsAfter(values, server.url, "slipway_feature_bin_total", name);
  expect(await counted("STRING")).toEqual({ a: 1, b: 1, other: 1 });
  expect(await counted("BOOL")).toEqual({ "0": 1, "1": 2, other: 0 });
  expect(await counted("DOUBLE")).toEqual({ "0": 1, "10": 1, "+Inf": 1, missing: 0 });
  expect(await counted("mean")).toEqual({ "2": 2, "+Inf": 1, missing: 0 });
  expect(await counted("deviation")).toEqual({ "1.5": 0, "2.5": 3, "+Inf": 0, missing: 0 });
  expect(await counted("nothing", 0)).toEqual({ "1": 0, "+Inf": 0, missing: 0 });
  const warned = server.log.filter(({ msg }) => String(msg).startsWith("the baseline names a tensor"));
  expect(warned).toMatchObject([{ level: "warn", feature: "nothing" }]);
});

test("only measures the configured share of the requests", async () => {
  const baseline = { features: [{ name: "first", tensor: "image", of: 0, edges: [1], shares: [] }] };
  const server = await serve(digits("1.1.0"), { drift: { baseline: fileOf(baseline), sample: 0 } });
  await infer(server.url, requestFor(0));
  expect(sum(await binsOf(server.url, "slipway_feature_bin_total", "first"))).toBe(0);
});

test.each<[string, unknown, RegExp]>([
  ["a missing file", undefined, /cannot be read/],
  ["invalid JSON", "{", /cannot be read/],
  ["no features", {}, /has neither features nor predictions/],
  ["decreasing edges", [{ edges: [2, 1], shares: [] }], /has "f" whose edges are not increasing numbers/],
  ["neither edges nor values", [{ shares: [] }], /without exactly one of edges and values/],
  ["more shares than bins", [{ edges: [1], shares: [0, 0, 0, 1] }], /whose shares are not at most 3 numbers/],
  ["a negative index", [{ of: -1, edges: [1], shares: [] }], /whose "of" is not an index/],
])("does not start with a baseline with %s", async (_what, content, message) => {
  const features = Array.isArray(content)
    ? content.map((one) => ({ name: "f", tensor: "x", of: 0, ...one }))
    : undefined;
  const baseline = content === undefined ? "/nowhere" : fileOf(features ? { features } : content);
  const refused = new ServerProcess(settingsFor(digits("1.1.0"), { drift: { baseline } }));
  expect(await refused.ended()).toBe(1);
  expect(refused.stderr).toMatch(/\[SRV104\] drift\.baseline: /);
  expect(refused.stderr).toMatch(message);
});

test("reports what is wrong with invalid samples", () => {
  const run = (...words: string[]) => spawnSync(process.execPath, [MAIN, "baseline", ...words], { encoding: "utf8" });
  expect(run(SAMPLES, "--version", "9.9.9")).toMatchObject({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/no sample has an answer/),
  });
  expect(run(fileOf({ model: "x" }))).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/is not a valid file of samples/),
  });
  expect(run()).toMatchObject({ status: 1, stderr: expect.stringMatching(/Usage: slipway-serving baseline/) });
});
