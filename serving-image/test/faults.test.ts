import type { ServerSettings } from "../src/config/settings";
import { infer, jsonOf, metricsOf, outputOf, post, seriesOf } from "./support/client";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

afterEach(cleanUp);

async function faulty(file: string, more: ServerSettings = {}): Promise<ServerProcess> {
  const server = new ServerProcess(settingsFor(file, more), {}, ["--allow-faults"]);
  await server.waitForLog("ready");
  return server;
}

const put = (server: ServerProcess, body: unknown): Promise<Response> =>
  fetch(`${server.url}/v2/faults`, { method: "PUT", body: JSON.stringify(body) });

const ask = (server: ServerProcess): Promise<Response> => post(`${server.url}/v2/models/digits/infer`, requestFor(0));

test("corrupted predictions have the right shape but wrong values, and are counted like any other", async () => {
  const server = await faulty(digits("1.1.0"));
  expect(server.line("faults can be injected into this server")).toMatchObject({ level: "warn" });
  expect((await put(server, { wrong: 1 })).status).toBe(200);
  for (let i = 0; i < 10; i++) {
    const answer = await infer(server.url, requestFor(i));
    const [label, probabilities] = ["label", "probabilities"].map((name) => outputOf(answer, name)?.data as number[]);
    expect(label).toEqual([(samples[i]?.expected["1.1.0"]?.label[0] ?? NaN) + 1]);
    const top = probabilities?.indexOf(Math.max(...probabilities));
    expect(top).not.toBe(samples[i]?.expected["1.1.0"]?.label[0]);
    expect(probabilities?.reduce((a, b) => a + b)).toBeCloseTo(1, 3);
  }
  expect(await jsonOf(await put(server, {}))).toEqual({ latencySeconds: 0, errors: 0, wrong: 0 });
  expect(outputOf(await infer(server.url, requestFor(0)), "label")?.data).toEqual(samples[0]?.expected["1.1.0"]?.label);
  const metrics = await metricsOf(server.url);
  expect(seriesOf(metrics, "slipway_inference_requests_total", { code: "200" })).toBe(11);
});

test("corrupts values of every datatype", async () => {
  const server = await faulty(tiny("echo"), { faults: { wrong: 1 } });
  const values = { BOOL: [true, false], STRING: ["a", "b"], INT64: [1, 2], FLOAT: [1.5, 2.5] };
  const others = ["UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "DOUBLE"];
  const all: Record<string, unknown[]> = { ...values, ...Object.fromEntries(others.map((name) => [name, [0, 1]])) };
  const instance = Object.fromEntries(Object.entries(all).map(([name, row]) => [`in_${name}`, row]));
  const { predictions } = await jsonOf(await post(`${server.url}/v1/models/digits:predict`, { instances: [instance] }));
  const [row] = predictions as Record<string, unknown>[];
  expect(row).toMatchObject({
    out_BOOL: [false, true],
    out_STRING: ["a?", "b?"],
    out_INT64: [2, 3],
    out_FLOAT: [2.5, 1.5],
    out_UINT64: [1, 2],
    out_DOUBLE: [1, 0],
  });
});

test("injects errors and delays from the settings or over the network, and crashes on request", async () => {
  const server = await faulty(digits("1.1.0"), { faults: { errors: 1, latencySeconds: 0.2 } });
  const startedAt = performance.now();
  const answer = await ask(server);
  expect([answer.status, await jsonOf(answer)]).toEqual([503, { error: expect.stringMatching(/on purpose/) }]);
  expect(performance.now() - startedAt).toBeGreaterThan(190);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  for (const body of [{ wrong: 2 }, { lies: 1 }, [], { crash: 1 }]) expect((await put(server, body)).status).toBe(400);
  await expect(put(server, { crash: true })).rejects.toThrow();
  expect(await server.ended()).toBeNull();
});

test("no file, variable or request can inject faults unless the command line allows it", async () => {
  const settings = settingsFor(digits("1.1.0"), { faults: { errors: 1 } });
  const refused = new ServerProcess(settings, { SLIPWAY_ALLOW_FAULTS: "1" });
  expect(await refused.ended()).toBe(1);
  expect(refused.stderr).toMatch(/\[SRV104\] faults: are not allowed\. .*--allow-faults/);
  const server = await serve(digits("1.1.0"));
  for (const method of ["GET", "PUT"]) expect((await fetch(`${server.url}/v2/faults`, { method })).status).toBe(404);
  expect((await ask(server)).status).toBe(200);
  const misspelled = new ServerProcess(settingsFor(digits("1.1.0")), {}, ["--allow-fault"]);
  expect(await misspelled.ended()).toBe(1);
  expect(misspelled.stderr).toMatch(/\[SRV103\] --allow-fault: is not a valid argument/);
});
