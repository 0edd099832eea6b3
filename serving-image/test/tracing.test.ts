import { Metadata } from "@grpc/grpc-js";
import { infer, post } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { requestFor } from "./support/samples";
import type { ServerSettings } from "../src/config/settings";
import { cleanUp, digits, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";
import { TraceCollector, type ReceivedSpan } from "./support/trace-collector";

let collector: TraceCollector;

beforeEach(async () => {
  collector = await TraceCollector.open();
});
afterEach(async () => {
  await cleanUp();
  collector.close();
});

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const traceparent = (flags = "01"): string => `00-${TRACE}-${CALLER}-${flags}`;

async function traced(
  file = digits("1.1.0"),
  more: NodeJS.ProcessEnv = {},
  settings: ServerSettings = {},
): Promise<ServerProcess> {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "20", ...more };
  const server = new ServerProcess(settingsFor(file, settings), environment);
  await server.waitForLog("ready");
  return server;
}

const ask = (
  { url }: ServerProcess,
  headers: Record<string, string>,
  body: unknown = requestFor(0),
): Promise<Response> => post(`${url}/v2/models/digits/infer`, body, headers);

const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan | undefined =>
  spans.find((span) => span.name === name);

const attributesOf = ({ attributes }: Pick<ReceivedSpan, "attributes">): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test("a request is a span in its caller's trace, with child spans for the queue and the run", async () => {
  const server = await traced(undefined, { OTEL_SERVICE_NAME: "digits", OTEL_RESOURCE_ATTRIBUTES: "team=numbers" });
  const answer = await ask(server, { traceparent: traceparent(), "x-request-id": "abc" });
  const spans = await collector.waitForSpans(3);
  const [request, queue, compute] = ["infer digits", "queue", "compute"].map((name) => named(spans, name));
  expect(request).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, kind: 2 });
  expect(attributesOf(request as ReceivedSpan)).toMatchObject({
    "model.name": "digits",
    "model.version": "1.1.0",
    "url.path": "/v2/models/digits/infer",
    "http.response.status_code": 200,
    "slipway.prediction_id": answer.headers.get("slipway-prediction-id"),
  });
  for (const part of [queue, compute]) expect(part).toMatchObject({ traceId: TRACE, parentSpanId: request?.spanId });
  expect(attributesOf(compute as ReceivedSpan)).toEqual({ "slipway.batch.rows": 1 });
  const moments = [
    request?.startTimeUnixNano,
    queue?.startTimeUnixNano,
    queue?.endTimeUnixNano,
    compute?.endTimeUnixNano,
    request?.endTimeUnixNano,
  ].map(BigInt as (moment: string | undefined) => bigint);
  expect([...moments].sort((a, b) => Number(a - b))).toEqual(moments);
  expect(Math.abs(Number((moments[0] ?? 0n) / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  expect(attributesOf(collector.resources[0] ?? { attributes: [] })).toMatchObject({
    "service.name": "digits",
    team: "numbers",
  });
});

test("traces gRPC calls and failures as well, but no requests that the caller did not sample", async () => {
  const server = await traced(tiny("log"), {}, { limits: { notFinite: "refuse" } });
  const failing = { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [-1] }] };
  await ask(server, { traceparent: traceparent("00") }, failing);
  expect((await ask(server, {}, failing)).status).toBe(422);
  // The model has computed; that its output is NaN is only detected afterwards.
  const failed = named(await collector.waitForSpans(3), "infer digits");
  expect(failed?.status).toEqual({ code: 2 });
  expect(failed?.traceId).not.toBe(TRACE);
  const metadata = new Metadata();
  metadata.set("traceparent", traceparent());
  const bytes = Buffer.from(Float32Array.of(1).buffer);
  const request = { inputs: [{ name: "x", datatype: "FP32", shape: [1] }], raw_input_contents: [bytes] };
  await new GrpcClient(server.grpcPort).infer(request, {}, metadata);
  while (collector.spans.every(({ traceId }) => traceId !== TRACE))
    await new Promise((resolve) => setTimeout(resolve, 10));
  const ours = collector.spans.filter(({ traceId }) => traceId === TRACE);
  expect(attributesOf(named(ours, "infer digits") as ReceivedSpan)).toMatchObject({
    "url.path": "/inference.GRPCInferenceService/ModelInfer",
  });
});

test("sends the last spans before the server exits, and a missing collector does not affect requests", async () => {
  const server = await traced(undefined, { OTEL_BSP_SCHEDULE_DELAY: "60000" });
  await infer(server.url, requestFor(0));
  expect(collector.spans).toEqual([]);
  expect(await server.stop("SIGTERM")).toBe(0);
  expect(collector.spans).toHaveLength(3);
  collector.close();
  const alone = await traced();
  await infer(alone.url, requestFor(0));
  await alone.waitForLog("traces cannot be sent");
  await infer(alone.url, requestFor(1));
  expect(await alone.stop("SIGTERM")).toBe(0);
});

test("does not trace without a collector, or if tracing is disabled", async () => {
  const off = [await serve(digits("1.1.0")), await traced(undefined, { OTEL_SDK_DISABLED: "true" })];
  for (const server of off) {
    await ask(server, { traceparent: traceparent() });
    expect(server.line("sending traces")).toBeUndefined();
    expect(await server.stop("SIGTERM")).toBe(0);
  }
  expect(collector.spans).toEqual([]);
});

test("logs a share of the requests, with the ids of the trace, the request and the prediction", async () => {
  const server = await serve(digits("1.1.0"), { log: { requests: 1 } });
  const answer = await ask(server, { traceparent: traceparent(), "x-request-id": "abc" });
  expect(await server.waitForLog("request")).toMatchObject({
    level: "info",
    model: "digits",
    version: "1.1.0",
    code: 200,
    request_id: "abc",
    trace_id: TRACE,
    prediction_id: answer.headers.get("slipway-prediction-id"),
  });
});
