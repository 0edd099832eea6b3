import { setTimeout as delay } from "node:timers/promises";
import { jsonOf, metricsOf, post, seriesOf } from "./support/client";
import { cleanUp, digits, serve, tiny, type ServerProcess } from "./support/server-process";

afterAll(cleanUp);

/** One worker with a model of some milliseconds: requests queue up, but the event loop is free. */
const ONE_BY_ONE = { batching: { maxBatchSize: 1 }, workers: { count: 1 } };

const body = (x: number, parameters?: object): object => ({
  inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [x] }],
  ...(parameters && { parameters }),
});

function ask(server: ServerProcess, x: number, parameters?: object, headers?: Record<string, string>) {
  return post(`${server.url}/v2/models/digits/infer`, body(x, parameters), headers);
}

async function answerOf(response: Response): Promise<unknown> {
  const { outputs } = await jsonOf(response);
  return (outputs as { data: unknown }[])[0]?.data;
}

const rejections = async (server: ServerProcess, reason: string): Promise<number | undefined> =>
  seriesOf(await metricsOf(server.url), "slipway_inference_rejected_total", { reason });

const OTHERS = 12;

/** Sends requests with so many rows that later ones have to wait; resolves once some are in the queue. */
async function occupy(server: ServerProcess): Promise<{ done: Promise<number[]> }> {
  const rows = { inputs: [{ name: "x", datatype: "FP32", shape: [20], data: Array(20).fill(1) }] };
  const url = `${server.url}/v2/models/digits/infer`;
  const done = Promise.all(Array.from({ length: OTHERS }, async () => (await post(url, rows)).status));
  await queued(server, 3);
  return { done };
}

const ALL_ANSWERED = Array<number>(OTHERS).fill(200);

const runs = async (server: ServerProcess): Promise<number | undefined> =>
  seriesOf(await metricsOf(server.url), "slipway_inference_compute_seconds_count");

/** Waits until so many requests are in the queue. */
async function queued(server: ServerProcess, requests: number): Promise<void> {
  while ((seriesOf(await metricsOf(server.url), "slipway_inference_queue_length") ?? 0) < requests) await delay(1);
}

/** Waits until so many requests have arrived, answered or not. */
async function arrived(server: ServerProcess, requests: number): Promise<void> {
  for (let count = 0; count < requests; await delay(1)) {
    const metrics = await metricsOf(server.url);
    const answered = seriesOf(metrics, "slipway_inference_requests_total", { code: "200" }) ?? 0;
    count = answered + (seriesOf(metrics, "slipway_inference_in_flight_requests") ?? 0);
  }
}

test("with a full queue the server rejects requests at once, and computes exactly those that it accepted", async () => {
  const server = await serve(tiny("slow"), { ...ONE_BY_ONE, batching: { maxBatchSize: 1, queueSize: 8 } });
  const expected = await Promise.all([0, 1, 2, 3].map(async (x) => answerOf(await ask(server, x))));
  let computed = 0;
  let computedBeforeLastRefusal = 0;
  const responses = await Promise.all(
    Array.from({ length: 80 }, async (_, i) => {
      const response = await ask(server, i % 4);
      if (response.status === 200) computed++;
      else computedBeforeLastRefusal = computed;
      return response;
    }),
  );
  const refused = responses.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(40);
  expect(computed).toBeGreaterThanOrEqual(8);
  // A rejected request does not wait for the accepted ones.
  expect(computedBeforeLastRefusal).toBeLessThan(computed);
  for (const [i, response] of responses.entries()) {
    if (response.status === 200) expect(await answerOf(response)).toEqual(expected[i % 4]);
  }
  for (const response of refused) {
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await jsonOf(response)).toEqual({ error: expect.stringMatching(/overloaded: 8 requests are waiting/) });
  }
  expect(await rejections(server, "queue_full")).toBe(refused.length);
  expect(seriesOf(await metricsOf(server.url), "slipway_inference_queue_length")).toBe(0);
  expect(await answerOf(await ask(server, 1))).toEqual(expected[1]);
});

test("a request that times out in the queue is not computed", async () => {
  const server = await serve(tiny("slow"), ONE_BY_ONE);
  const others = await occupy(server);
  const [byParameter, byRouter, patient] = await Promise.all([
    ask(server, 1, { timeout: 1000 }),
    ask(server, 1, { timeout: 60_000_000 }, { "x-envoy-expected-rq-timeout-ms": "1" }),
    ask(server, 1, { timeout: 0 }, { "x-envoy-expected-rq-timeout-ms": "60000" }),
  ]);
  expect([byParameter.status, byRouter.status, patient.status]).toEqual([504, 504, 200]);
  expect(await jsonOf(byParameter)).toEqual({ error: expect.stringMatching(/timed out after \d+ ms in the queue/) });
  expect(await others.done).toEqual(ALL_ANSWERED);
  expect(await rejections(server, "expired")).toBe(2);
  expect(await runs(server)).toBe(OTHERS + 1);
});

test("a request whose client disconnects while it waits is not computed", async () => {
  const server = await serve(tiny("slow"), ONE_BY_ONE);
  const others = await occupy(server);
  const gone = new AbortController();
  const options = { method: "POST", body: JSON.stringify(body(1)), signal: gone.signal };
  const given = Array.from({ length: 5 }, () => fetch(`${server.url}/v2/models/digits/infer`, options));
  await arrived(server, OTHERS + given.length);
  gone.abort();
  expect((await Promise.allSettled(given)).map(({ status }) => status)).toEqual(given.map(() => "rejected"));
  expect((await ask(server, 1)).status).toBe(200);
  expect(await others.done).toEqual(ALL_ANSWERED);
  expect(await rejections(server, "client_gone")).toBe(5);
  expect(await runs(server)).toBe(OTHERS + 1);
  expect(seriesOf(await metricsOf(server.url), "slipway_inference_requests_total", { code: "499" })).toBe(5);
});

test("a request with high priority overtakes waiting ones, and one with low priority comes last", async () => {
  const server = await serve(tiny("slow"), ONE_BY_ONE);
  const done: string[] = [];
  const timed = async (name: string, parameters?: object): Promise<void> => {
    expect((await ask(server, 1, parameters)).status).toBe(200);
    done.push(name);
  };
  const others = await occupy(server);
  await Promise.all([
    timed("late", { priority: 11 }),
    ...[1, 2, 3].map(() => timed("normal")),
    timed("urgent", { priority: 1 }),
  ]);
  expect(await others.done).toEqual(ALL_ANSWERED);
  expect(done[0]).toBe("urgent");
  expect(done.at(-1)).toBe("late");
});

test("with a delay, requests that arrive one after the other share a run", async () => {
  const server = await serve(digits("1.1.0"), { batching: { maxDelaySeconds: 0.1 } });
  const image = { inputs: [{ name: "image", datatype: "FP32", shape: [1, 64], data: Array(64).fill(1) }] };
  const send = (): Promise<Response> => post(`${server.url}/v2/models/digits/infer`, image);
  const before = Number(await runs(server));
  const first = send();
  await delay(10);
  const responses = await Promise.all([first, send()]);
  expect(responses.map(({ status }) => status)).toEqual([200, 200]);
  expect(Number(await runs(server)) - before).toBe(1);
  const of = async (what: string) => jsonOf(await fetch(`${server.url}/v2/models/digits/${what}`));
  expect(await of("config")).toMatchObject({ dynamic_batching: { max_queue_delay_microseconds: 100_000 } });
  // The run counts once as an execution, and once for each of its requests.
  expect(await of("stats")).toMatchObject({
    model_stats: [{ execution_count: 1, inference_stats: { compute_infer: { count: 2 } } }],
  });
});

test.each([
  [{ timeout: -1 }, /parameters.timeout is -1, not a whole number from 0/],
  [{ timeout: "1s" }, /parameters.timeout is 1s, not a whole number/],
  [{ priority: 1.5 }, /parameters.priority is 1.5, not a whole number/],
])("rejects parameters %j", async (parameters, message) => {
  const server = await serve(tiny("log"));
  const response = await ask(server, 1, parameters);
  expect(response.status).toBe(400);
  expect((await jsonOf(response)).error).toMatch(message);
});
