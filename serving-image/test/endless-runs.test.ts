import { setTimeout as delay } from "node:timers/promises";
import { post } from "./support/client";
import { cleanUp, serve, type ServerProcess, tiny } from "./support/server-process";

afterAll(cleanUp);

const ENDLESS = "9000000000000000000";
const url = (server: ServerProcess): string => `${server.url}/v2/models/digits/infer`;

/** A request that runs so many steps. */
function steps(count: string, parameters = ""): string {
  const inputs = `[{"name":"steps","datatype":"INT64","shape":[],"data":[${count}]},{"name":"x","datatype":"FP32","shape":[],"data":[1]}]`;
  return `{"inputs":${inputs}${parameters}}`;
}

const LIMITS = { workers: { count: 2, runTimeoutSeconds: 1 }, drain: { timeoutSeconds: 1 } };

test("a run without end is stopped, other requests and probes are answered meanwhile, and its worker is replaced", async () => {
  const server = await serve(tiny("loop"), LIMITS);
  expect(server.line("model warmed up")).toMatchObject({
    computesIn: "worker processes",
    reason: "the number of steps of its operator Loop may depend on the inputs",
  });
  const endless = post(url(server), steps(ENDLESS));
  const slowest = { probe: 0, request: 0 };
  const timed = async (kind: keyof typeof slowest, answer: () => Promise<Response>): Promise<number> => {
    const startedAt = performance.now();
    const { status } = await answer();
    slowest[kind] = Math.max(slowest[kind], performance.now() - startedAt);
    return status;
  };
  for (let i = 0; i < 15; i++) {
    expect(await timed("probe", () => fetch(`${server.url}/health`))).toBe(200);
    expect(await timed("request", () => post(url(server), steps("3")))).toBe(200);
    await delay(20);
  }
  const response = await endless;
  expect(response.status).toBe(504);
  expect(await response.text()).toContain("did not finish within 1 s (workers.runTimeoutSeconds)");
  expect(Math.max(slowest.probe, slowest.request)).toBeLessThan(500);
  await server.waitForLog("a worker process was replaced");
  expect(server.line("a worker process was stopped")).toMatchObject({ level: "error" });
  // Both workers compute again.
  const answers = await Promise.all([1, 2, 3, 4].map(() => post(url(server), steps("3"))));
  expect(await Promise.all(answers.map(async (one) => (await one.text()).includes('"data":[4]')))).not.toContain(false);
});

test("a request is answered when its own timeout passes, before its run is stopped", async () => {
  const server = await serve(tiny("loop"), { workers: { count: 1, runTimeoutSeconds: 2 } });
  const startedAt = performance.now();
  const response = await post(url(server), steps(ENDLESS, ',"parameters":{"timeout":200000}'));
  expect(response.status).toBe(504);
  expect(await response.text()).toMatch(/timed out after \d+ ms, while the model computed it/);
  expect(performance.now() - startedAt).toBeLessThan(1500);
});

test("SIGTERM ends the server and its workers within the drain timeout, whatever runs", async () => {
  const server = await serve(tiny("loop"), { ...LIMITS, workers: { count: 1, runTimeoutSeconds: 600 } });
  void post(url(server), steps(ENDLESS)).catch(() => undefined);
  await delay(200);
  const startedAt = performance.now();
  expect(await server.stop("SIGTERM")).toBe(1);
  // A second for the requests, and some for the process itself on a busy machine.
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(server.line("stopped")).toMatchObject({ lost: 1 });
});

test("a thread whose run takes too long is given up, and the model continues in processes", async () => {
  const server = await serve(tiny("attention"), { workers: { count: 1, runTimeoutSeconds: 0.3 } });
  expect(server.line("model warmed up")).toMatchObject({
    computesIn: "worker threads",
    reason: 'the size of input "x" is not fixed, and neither is the duration of a run',
  });
  const body = (length: number): string =>
    `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,${length}],"data":[${Array(length).fill(1).join()}]}]}`;
  expect((await post(url(server), body(12_000))).status).toBe(504);
  expect((await post(url(server), body(4))).status).toBe(200);
  expect(server.line("a worker process was replaced")).toBeDefined();
  expect((await post(url(server), body(12_000))).status).toBe(504);
  expect((await post(url(server), body(4))).status).toBe(200);
});
