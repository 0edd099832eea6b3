import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { metricsOf, seriesOf } from "./support/client";
import { GrpcClient, type Reply } from "./support/grpc-client";
import { cleanUp, serve, tiny } from "./support/server-process";

afterAll(cleanUp);

const request = (x: number, parameters = {}): object => ({
  inputs: [{ name: "x", datatype: "FP32", shape: [1], contents: { fp32_contents: [x] } }],
  parameters,
});

const codesOf = (replies: readonly Reply[]): status[] => replies.map(({ code }) => code);

test("with a full queue the server rejects requests at once, with the time to retry", async () => {
  const server = await serve(tiny("slow"), { batching: { maxBatchSize: 1, queueSize: 8 }, workers: { count: 1 } });
  const client = new GrpcClient(server.grpcPort);
  const replies = await Promise.all(Array.from({ length: 60 }, (_, i) => client.infer(request(i))));
  const refused = replies.filter(({ code }) => code !== status.OK);
  expect(refused.length).toBeGreaterThan(20);
  expect(new Set(codesOf(refused))).toEqual(new Set([status.RESOURCE_EXHAUSTED]));
  expect(refused[0]?.details).toMatch(/overloaded: 8 requests are waiting/);
  expect(refused[0]?.metadata?.get("grpc-retry-pushback-ms")).toEqual(["1000"]);
  client.close();
});

test("a call that times out in the queue is not computed, by its parameter or by its deadline", async () => {
  const server = await serve(tiny("slow"), { batching: { maxBatchSize: 1 }, workers: { count: 1 } });
  const client = new GrpcClient(server.grpcPort);
  // Over an open connection and behind requests with many rows, so that the calls time out while they wait.
  expect((await client.infer(request(1))).code).toBe(status.OK);
  const rows = {
    inputs: [{ name: "x", datatype: "FP32", shape: [20], contents: { fp32_contents: Array(20).fill(1) } }],
  };
  const others = Array.from({ length: 12 }, () => client.infer(rows));
  while ((seriesOf(await metricsOf(server.url), "slipway_inference_queue_length") ?? 0) < 3) await delay(1);
  const impatient = [
    client.infer(request(1, { timeout: { int64_param: 1000 } })),
    client.infer(request(1), { deadline: Date.now() + 100 }),
  ];
  const patient = client.infer(request(1, { timeout: { int64_param: 0 } }), { deadline: Date.now() + 60_000 });
  expect(codesOf(await Promise.all(impatient))).toEqual([status.DEADLINE_EXCEEDED, status.DEADLINE_EXCEEDED]);
  expect(codesOf(await Promise.all([...others, patient]))).toEqual(Array(13).fill(status.OK));
  const metrics = await metricsOf(server.url);
  // The client also cancels its call at the deadline; which of the two the server notices first is random.
  const [expired = 0, gone = 0] = ["expired", "client_gone"].map((reason) =>
    seriesOf(metrics, "slipway_inference_rejected_total", { reason }),
  );
  expect(expired).toBeGreaterThanOrEqual(1);
  expect(expired + gone).toBe(2);
  expect(seriesOf(metrics, "slipway_inference_compute_seconds_count")).toBe(14);
  const odd = await client.infer(request(1, { timeout: { string_param: "1s" } }));
  expect([odd.code, odd.details]).toEqual([
    status.INVALID_ARGUMENT,
    expect.stringMatching(/timeout is 1s, not a whole/),
  ]);
  client.close();
});
