import { generateKeyPairSync, sign } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import type { ServerSettings } from "../src/config/settings";
import { infer, jsonOf, pipeline, post } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, scratch, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

afterAll(cleanUp);

const IN_WORKERS = { workers: { count: 2, aboveSeconds: 0 }, repository: { control: true } };
const KILLABLE = { NODE_OPTIONS: `--import=${join(__dirname, "support/end-workers.mjs")}` };

async function start(settings: ServerSettings, environment?: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const server = new ServerProcess(settings, environment);
  await server.waitForLog("ready");
  return server;
}

async function load(server: ServerProcess, parameters?: object): Promise<[number, unknown]> {
  const response = await post(`${server.url}/v2/repository/models/digits/load`, { parameters });
  return [response.status, (await jsonOf(response)).error];
}

const answers = (server: ServerProcess): Promise<unknown[]> =>
  Promise.all([0, 1, 2, 3].map(async (i) => (await infer(server.url, requestFor(i))).outputs));

async function killWorker(server: ServerProcess, then: string): Promise<void> {
  const count = (): number => server.log.filter(({ msg }) => msg === then).length;
  const before = count();
  server.signal("SIGUSR2");
  for (let attempt = 0; count() === before; attempt++) {
    if (attempt > 2000) throw new Error(`The server never logged "${then}".`);
    await delay(5);
  }
}

test("an invalid or unsigned new file changes nothing, and workers restart with the old one", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const uri = join(scratch(), "model.onnx");
  const put = (bytes: Buffer, signature: Buffer): void => {
    writeFileSync(uri, bytes);
    writeFileSync(`${uri}.sig`, signature);
  };
  const [old, next] = [readFileSync(digits("1.0.0")), readFileSync(digits("1.1.0"))];
  put(old, sign(null, old, privateKey));
  const signature = { required: true, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
  const server = await start(settingsFor(uri, { ...IN_WORKERS, signature }), KILLABLE);
  const expected = await answers(server);
  const garbage = Buffer.from("<html>");

  for (const [bytes, signed, why] of [
    [garbage, garbage, /is not an ONNX model/],
    [next, old, /its signature \(\.sig\) is not valid for this file/],
  ] as const) {
    put(bytes, sign(null, signed, privateKey));
    expect(await load(server)).toEqual([400, expect.stringMatching(why)]);
    await killWorker(server, "a worker thread was replaced");
    expect(await answers(server)).toEqual(expected);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  }
  put(next, sign(null, next, privateKey));
  expect(await load(server)).toEqual([200, undefined]);
  expect(await answers(server)).not.toEqual(expected);
});

test("a worker is not replaced with an unverified file, and the others keep working", async () => {
  const server = await start(settingsFor(digits("1.1.0"), IN_WORKERS), KILLABLE);
  const expected = await answers(server);
  const path = String(server.line("model file fetched")?.path);
  cpSync(digits("1.0.0"), path);
  await killWorker(server, "a worker thread could not be replaced");
  expect(server.line("a worker thread could not be replaced")).toMatchObject({
    reason: expect.stringMatching(/SRV202.*sha256 is [0-9a-f]{64}, but [0-9a-f]{64} is expected/),
  });
  expect(await answers(server)).toEqual(expected);
  cpSync(digits("1.1.0"), path);
  await server.waitForLog("a worker thread was replaced");
  expect(await answers(server)).toEqual(expected);
});

test.each([
  ["on the event loop", {}],
  ["in worker threads", { workers: { count: 1, aboveSeconds: 0 } }],
])("a request that the model cannot compute does not fail the rest of its batch, %s", async (_where, more) => {
  const server = await serve(tiny("table"), more);
  const ask = (index: number): object => ({
    inputs: [{ name: "index", datatype: "INT64", shape: [1], data: [index] }],
  });
  const indices = [0, 99, 1, 2, -99, 3, 4, 99, 1];
  const found = await pipeline(server.port, "/v2/models/digits/infer", indices.map(ask));
  const alone = await Promise.all([0, 1, 2, 3, 4].map(async (i) => (await infer(server.url, ask(i))).outputs));
  const outcomes = found.map(({ status: code, body }) => (code === 200 ? JSON.parse(body).outputs : code));
  expect(outcomes).toEqual(indices.map((index) => alone[index] ?? 422));
});

test("HTTP and gRPC accept the same parameters for loading and unloading", async () => {
  const server = await serve(digits("1.1.0"), { repository: { control: true } });
  const client = new GrpcClient(server.grpcPort);
  const [config, dependents] = [{ config: "{}" }, { unload_dependents: false }];
  expect(await load(server, config)).toEqual([400, expect.stringMatching(/"config" is not supported/)]);
  expect(await load(server, dependents)).toEqual([400, expect.stringMatching(/"unload_dependents" is not supported/)]);
  expect(await load(server, {})).toEqual([200, undefined]);
  const over = async (change: string, parameters: object): Promise<status> =>
    (await client.call(`RepositoryModel${change}`, { model_name: "digits", parameters })).code;
  expect(await over("Load", { config: { string_param: "{}" } })).toBe(status.INVALID_ARGUMENT);
  expect(await over("Load", { unload_dependents: { bool_param: false } })).toBe(status.INVALID_ARGUMENT);
  expect(await over("Load", {})).toBe(status.OK);
  expect(await over("Unload", { odd: { bool_param: false } })).toBe(status.INVALID_ARGUMENT);
  expect(await over("Unload", { unload_dependents: { bool_param: false } })).toBe(status.OK);
  const unload = `${server.url}/v2/repository/models/digits/unload`;
  expect((await post(unload, { parameters: { odd: 1 } })).status).toBe(400);
  expect((await post(unload, "[]")).status).toBe(400);
  expect((await post(unload, { parameters: dependents })).status).toBe(404);
  client.close();
});
