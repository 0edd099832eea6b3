import { status } from "@grpc/grpc-js";
import { metricsOf, post, seriesOf } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { cleanUp, serve, tiny, type ServerProcess } from "./support/server-process";

afterAll(cleanUp);

const BODY_LIMIT = 20_000;
const REQUESTS = 60;

/** One worker with a model of some milliseconds and a small queue. */
const overloaded = (): Promise<ServerProcess> =>
  serve(tiny("slow"), {
    batching: { maxBatchSize: 1, queueSize: 4 },
    workers: { count: 1 },
    http: { bodyLimitBytes: BODY_LIMIT },
  });

const REQUESTS_TOTAL = "slipway_inference_requests_total";
const CODES = ["200", "400", "413", "415", "422", "429", "499", "500", "503", "504"];

/** Requests by the code under which the server counts them, without the codes that did not occur. */
async function countsOf(server: ServerProcess): Promise<Record<string, number>> {
  const metrics = await metricsOf(server.url);
  const counts = CODES.map((code) => [code, seriesOf(metrics, REQUESTS_TOTAL, { code }) ?? 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

const timed = async (server: ServerProcess): Promise<number | undefined> =>
  seriesOf(await metricsOf(server.url), "slipway_inference_duration_seconds_count");

const inputs = [{ name: "x", datatype: "FP32", shape: [1], data: [1] }];
const TOO_LARGE = "x".repeat(BODY_LIMIT + 1);

test("over HTTP, refused requests are counted as 429, apart from those that exceed a limit of the caller", async () => {
  const server = await overloaded();
  const ask = async (body: unknown): Promise<number> =>
    (await post(`${server.url}/v2/models/digits/infer`, body)).status;
  expect(await Promise.all([ask({ inputs, id: TOO_LARGE }), ask({ inputs, id: TOO_LARGE }), ask("{")])).toEqual([
    413, 413, 400,
  ]);
  const statuses = await Promise.all(Array.from({ length: REQUESTS }, () => ask({ inputs })));
  const [answered, refused] = [200, 429].map((wanted) => statuses.filter((each) => each === wanted).length);
  expect(refused).toBeGreaterThan(20);
  expect(Number(answered) + Number(refused)).toBe(REQUESTS);
  expect(await countsOf(server)).toEqual({ "200": answered, "400": 1, "413": 2, "429": refused });
  // Refusals take less than a millisecond, and would make the version look faster the more it refuses.
  expect(await timed(server)).toBe(answered);
});

test("over gRPC, refused requests are RESOURCE_EXHAUSTED and a message over the limit is not", async () => {
  const server = await overloaded();
  const client = new GrpcClient(server.grpcPort);
  const contents = { fp32_contents: [1] };
  const request = { inputs: [{ name: "x", datatype: "FP32", shape: [1], contents }] };
  const tooLarge = await client.infer({ ...request, id: TOO_LARGE });
  expect([tooLarge.code, tooLarge.details]).toEqual([
    status.INVALID_ARGUMENT,
    "The message is larger than 20000 bytes, the limit of this server (http.bodyLimitBytes).",
  ]);
  const replies = await Promise.all(Array.from({ length: REQUESTS }, () => client.infer(request)));
  const [answered, refused] = [status.OK, status.RESOURCE_EXHAUSTED].map(
    (wanted) => replies.filter(({ code }) => code === wanted).length,
  );
  expect(refused).toBeGreaterThan(20);
  expect(Number(answered) + Number(refused)).toBe(REQUESTS);
  // The message over the limit is not among them: the model that it names is not known before it is read.
  expect(await countsOf(server)).toEqual({ "200": answered, "429": refused });
  expect(await timed(server)).toBe(answered);
  client.close();
});

test("a request that timed out in the queue counts in the latency, because it took at least that long", async () => {
  const server = await serve(tiny("slow"), { batching: { maxBatchSize: 1 }, workers: { count: 1 } });
  const url = `${server.url}/v2/models/digits/infer`;
  const rows = { inputs: [{ name: "x", datatype: "FP32", shape: [20], data: Array(20).fill(1) }] };
  const others = Array.from({ length: 12 }, async () => (await post(url, rows)).status);
  const impatient = post(url, { inputs, parameters: { timeout: 1000, priority: 100 } });
  expect((await impatient).status).toBe(504);
  expect(await Promise.all(others)).toEqual(Array(12).fill(200));
  expect(await countsOf(server)).toEqual({ "200": 12, "504": 1 });
  expect(await timed(server)).toBe(13);
});
