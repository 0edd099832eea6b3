import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerSettings } from "../src/config/settings";
import { infer, jsonOf, metricsOf, post, seriesOf, type InferAnswer } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, scratch, serve, ServerProcess, tiny } from "./support/server-process";

afterAll(cleanUp);

const HTTP = { http: { host: "127.0.0.1", port: 0 }, grpc: { enabled: false } };

async function ready(settings: ServerSettings): Promise<ServerProcess> {
  const server = new ServerProcess(settings);
  await server.waitForLog("listening");
  while ((await fetch(`${server.url}/ready`)).status !== 200) await server.waitForLog("listening");
  return server;
}

/** Copies a version of the digits model into a repository. */
function put(root: string, version: string, bytes = readFileSync(digits(version))): string {
  const folder = join(root, "digits", version);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.onnx"), bytes);
  return join(folder, "model.onnx");
}

async function load(server: ServerProcess, change = "load"): Promise<[number, unknown]> {
  const response = await post(`${server.url}/v2/repository/models/digits/${change}`, {});
  return [response.status, (await jsonOf(response)).error];
}

/** The answers of a version that is served alone. */
async function recorded(version: string, requests: number): Promise<unknown[]> {
  const server = await serve(digits(version), { model: { version } });
  const answers: unknown[] = [];
  for (let i = 0; i < requests; i++) answers.push((await infer(server.url, requestFor(i))).outputs);
  await server.stop("SIGTERM");
  return answers;
}

test("serves several models and versions, by default the newest version", async () => {
  const root = scratch();
  const of = (name: string, version: string, uri: string): object => ({ name, version, uri, root });
  const server = await ready({
    ...HTTP,
    models: [
      of("digits", "1.10.0", digits("1.1.0")),
      of("digits", "1.9.0", digits("1.0.0")),
      of("table", "1", tiny("table")),
    ],
  });
  const versionAt = async (path: string): Promise<InferAnswer["model_version"]> =>
    (await infer(server.url, requestFor(0), path)).model_version;
  expect(await versionAt("digits")).toBe("1.10.0");
  expect(await versionAt("digits/versions/1.9.0")).toBe("1.9.0");
  const index = { inputs: [{ name: "index", datatype: "INT64", shape: [1], data: [4] }] };
  expect((await infer(server.url, index, "table")).outputs[0]?.data).toEqual([8.5, 9.5]);
  expect(await jsonOf(await fetch(`${server.url}/v2/models/digits`))).toMatchObject({ versions: ["1.10.0", "1.9.0"] });
  const unknown = await Promise.all(
    ["digits/versions/2.0.0", "letters"].map(async (path) => {
      const response = await post(`${server.url}/v2/models/${path}/infer`, requestFor(0));
      return [response.status, (await jsonOf(response)).error];
    }),
  );
  expect(unknown).toEqual([
    [404, 'Version "2.0.0" of model "digits" is unknown; this server has "1.10.0", "1.9.0".'],
    [404, 'Model "letters" is unknown; this server has "digits", "table".'],
  ]);
  const feedback = { id: (await infer(server.url, requestFor(0))).parameters.prediction_id, value: 1 };
  expect((await post(`${server.url}/v2/models/digits/feedback`, feedback)).status).toBe(200);
});

test("loads new versions under load without lost or wrong answers, and a broken one changes nothing", async () => {
  const expected = Object.fromEntries(
    await Promise.all(["1.0.0", "1.1.0", "1.2.0"].map(async (version) => [version, await recorded(version, 10)])),
  );
  const root = scratch();
  const model = { name: "digits", version: "1.0.0", uri: put(root, "1.0.0"), root };
  const server = await ready({ ...HTTP, model, repository: { control: true } });
  const seen = new Set<string>();
  let isOver = false;
  let answered = 0;
  const caller = async (first: number): Promise<void> => {
    for (let i = first; !isOver; i++) {
      const { model_version: version, outputs } = await infer(server.url, requestFor(i % 10));
      expect(outputs).toEqual(expected[version]?.[i % 10]);
      seen.add(version);
      answered++;
    }
  };
  const callers = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(caller));
  const more = async (): Promise<string> => {
    for (const before = answered; answered < before + 50;) await new Promise((resolve) => setTimeout(resolve, 5));
    return (await infer(server.url, requestFor(0))).model_version;
  };
  expect(await more()).toBe("1.0.0");
  put(root, "1.1.0");
  expect(await load(server)).toEqual([200, undefined]);
  expect(await more()).toBe("1.1.0");

  put(root, "1.2.0", readFileSync(digits("1.2.0")).subarray(0, 5000));
  expect(await load(server)).toEqual([400, expect.stringMatching(/"1.2.0" of model "digits" could not.*not an ONNX/)]);
  writeFileSync(`${put(root, "1.2.0")}.sha256`, `${"0".repeat(64)}  model.onnx\n`);
  expect(await load(server)).toEqual([400, expect.stringMatching(/the file's sha256 is .*, but 0{64} is expected/)]);
  const index = await (await post(`${server.url}/v2/repository/index`, "")).json();
  expect(index).toEqual([
    { name: "digits", version: "1.1.0", state: "READY", reason: "" },
    { name: "digits", version: "1.0.0", state: "READY", reason: "" },
    { name: "digits", version: "1.2.0", state: "UNAVAILABLE", reason: expect.stringMatching(/sha256/) },
  ]);
  expect(await more()).toBe("1.1.0");

  const sum = createHash("sha256")
    .update(readFileSync(digits("1.2.0")))
    .digest("hex");
  writeFileSync(join(root, "digits/1.2.0/model.onnx.sha256"), `${sum}  model.onnx\n`);
  expect(await load(server)).toEqual([200, undefined]);
  expect(await more()).toBe("1.2.0");
  isOver = true;
  await callers;
  expect([...seen].sort()).toEqual(["1.0.0", "1.1.0", "1.2.0"]);
  // The newest version replaces the one before it, but not the one in the settings.
  expect(await jsonOf(await fetch(`${server.url}/v2/models/digits`))).toMatchObject({ versions: ["1.2.0", "1.0.0"] });

  expect(await load(server, "unload")).toEqual([200, undefined]);
  expect((await post(`${server.url}/v2/models/digits/infer`, requestFor(0))).status).toBe(404);
  expect(await load(server)).toEqual([200, undefined]);
  expect(await (await post(`${server.url}/v2/repository/index`, { ready: true })).json()).toHaveLength(2);
  expect((await infer(server.url, requestFor(0))).outputs).toEqual(expected["1.2.0"]?.[0]);
});

test("reloads a file that was replaced at its source, as the same version", async () => {
  const root = scratch();
  const uri = join(scratch(), "model.onnx");
  cpSync(digits("1.0.0"), uri);
  const model = { name: "digits", version: "7", uri, root };
  const server = await ready({ ...HTTP, model, repository: { control: true } });
  const before = await infer(server.url, requestFor(0));
  expect(await load(server)).toEqual([200, undefined]);
  cpSync(digits("1.1.0"), uri);
  const [status, ...answers] = await Promise.all([
    load(server),
    ...Array.from({ length: 50 }, () => infer(server.url, requestFor(0))),
  ]);
  expect(status).toEqual([200, undefined]);
  const after = await infer(server.url, requestFor(0));
  expect(after.outputs).not.toEqual(before.outputs);
  for (const { outputs } of answers) expect([before.outputs, after.outputs]).toContainEqual(outputs);
});

test("a version from the repository uses as many threads as the model with the same name in the settings", async () => {
  const root = scratch();
  const model = { name: "digits", version: "1.0.0", uri: put(root, "1.0.0"), root, threads: 2 };
  const server = await ready({ ...HTTP, model, repository: { control: true } });
  put(root, "1.1.0");
  expect(await load(server)).toEqual([200, undefined]);
  const loaded = server.log.filter(({ msg }) => msg === "model loaded");
  expect(loaded.map(({ threads }) => threads)).toEqual([2, 2]);
});

test("does not load or unload models over the network unless the settings allow it", async () => {
  const server = await serve(digits("1.1.0"));
  expect(await load(server)).toEqual([403, expect.stringMatching(/repository\.control/)]);
  expect(await load(server, "unload")).toEqual([403, expect.stringMatching(/repository\.control/)]);
  expect((await infer(server.url, requestFor(0))).model_version).toBe("1.1.0");
});

test("statistics count requests, runs, rows and times", async () => {
  const server = await serve(tiny("table"));
  const fresh = await metricsOf(server.url);
  const codes = ["200", "400", "422", "429", "500", "503", "504"];
  const counts = codes.map((code) => seriesOf(fresh, "slipway_inference_requests_total", { code }));
  expect(counts).toEqual(codes.map(() => 0));
  const ask = (index: number): Promise<Response> =>
    post(`${server.url}/v2/models/digits/infer`, {
      inputs: [{ name: "index", datatype: "INT64", shape: [2], data: [index, 0] }],
    });
  const statuses: number[] = [];
  for (const index of [1, 2, 3, 99]) statuses.push((await ask(index)).status);
  expect(statuses).toEqual([200, 200, 200, 422]);
  const replies = await Promise.all(
    ["digits/versions/1.1.0/stats", "digits/stats", "stats"].map(async (path) =>
      jsonOf(await fetch(`${server.url}/v2/models/${path}`)),
    ),
  );
  const timed = (count: number): object => ({ count, ns: count === 0 ? 0 : expect.any(Number) });
  for (const reply of replies) {
    expect(reply).toMatchObject({
      model_stats: [
        {
          name: "digits",
          version: "1.1.0",
          inference_count: 6,
          execution_count: 3,
          inference_stats: { success: timed(3), fail: timed(1), queue: timed(3), compute_infer: timed(3) },
          batch_stats: [{ batch_size: 2, compute_infer: timed(3) }],
        },
      ],
    });
  }
  const text = await (await fetch(`${server.url}/stats`)).text();
  expect(text).toMatch(/digits +1\.1\.0 +ready +3 +1 +0 +0 +[\d.]+ +[\d.]+ +[\d.]+ +2\.00/);
});

test("reports problems of one of several models with its index", async () => {
  const one = { name: "digits", version: "1", uri: "model.onnx" };
  const server = new ServerProcess({ models: [one, { ...one, vershun: "2" }, { name: "x" }] } as ServerSettings);
  expect(await server.ended()).toBe(1);
  expect(server.stderr.trim().split("\n").sort()).toEqual([
    expect.stringContaining("[SRV103] models[1].vershun: is not a valid setting. Did you mean models[1].version?"),
    expect.stringContaining('[SRV104] models: "digits" has version "1" twice.'),
    expect.stringContaining("[SRV105] models[2].uri: is not set."),
    expect.stringContaining("[SRV105] models[2].version: is not set."),
  ]);
});
