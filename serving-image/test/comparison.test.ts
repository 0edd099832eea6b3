import { randomUUID } from "node:crypto";
import { Metadata } from "@grpc/grpc-js";
import type { ServerSettings } from "../src/config/settings";
import { jsonOf, metricsOf, post, seriesOf } from "./support/client";
import { freePort } from "./support/free-port";
import { GrpcClient } from "./support/grpc-client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve, tiny, type ServerProcess } from "./support/server-process";
import { TcpBalancer } from "./support/tcp-balancer";

afterEach(cleanUp);

type Comparison = NonNullable<ServerSettings["comparison"]>;

const KEEP: Comparison = { keep: true, ttlSeconds: 5 };

const live = (file = digits("1.1.0")): Promise<ServerProcess> => serve(file, { comparison: KEEP });

/** A shadow that compares with the servers at `url`, and has polled them already. */
async function shadowOf(url: string, more: Comparison = {}, file = digits("1.2.0")): Promise<ServerProcess> {
  const comparison: Comparison = { live: url, everySeconds: 0.02, ttlSeconds: 5, ...more };
  const server = await serve(file, { comparison, model: { version: "1.2.0" } });
  // If one address stands for several servers, each of them must have been polled.
  if (more.copies !== "marked") await hasAsked(server, 6);
  return server;
}

async function hasAsked({ url }: ServerProcess, times: number): Promise<void> {
  const asks = async () => seriesOf(await metricsOf(url), "slipway_comparison_asks_total", { outcome: "answered" });
  while (Number(await asks()) < times) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Sends the same request with the same id to all servers, as a mirroring router does. */
async function mirror(
  servers: readonly ServerProcess[],
  body: unknown,
  id: string = randomUUID(),
): Promise<Response[]> {
  return Promise.all(servers.map(({ url }) => ask(url, body, id)));
}

const ask = (url: string, body: unknown, id: string): Promise<Response> =>
  post(`${url}/v2/models/digits/infer`, body, { "x-request-id": id });

const found = async ({ url }: ServerProcess): Promise<Record<string, unknown>> =>
  jsonOf(await fetch(`${url}/v2/models/digits/comparison`));

/** The report, once so many requests were compared or skipped. */
async function foundAfter(shadow: ServerProcess, requests: number): Promise<Record<string, unknown>> {
  let report = await found(shadow);
  const sum = (counts: unknown): number => Object.values(counts as object).reduce((a: number, b: number) => a + b, 0);
  while (Number(report.pairs) + sum(report.errors) + sum(report.unpaired) < requests) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    report = await found(shadow);
  }
  return report;
}

test("compares the predictions of a shadow with the live ones, pair by pair", async () => {
  const server = await live();
  const shadow = await shadowOf(server.url, { tolerance: 1e-6 });
  for (let i = 0; i < 40; i++) await mirror([server, shadow], requestFor(i));
  const report = await foundAfter(shadow, 40);
  expect(report).toMatchObject({ pairs: 40, errors: {}, unpaired: {}, live_versions: { "1.1.0": 40 }, waiting: 0 });
  const [label, probabilities] = report.outputs as Record<string, number>[];
  expect(label).toMatchObject({ name: "label", compared: 40 });
  expect(probabilities).toMatchObject({ name: "probabilities", compared: 40, agreed: 0 });
  expect(probabilities?.largest_difference).toBeGreaterThan(probabilities?.mean_difference ?? NaN);

  const text = await metricsOf(shadow.url);
  const of = (name: string, labels: Record<string, string>) =>
    seriesOf(text, `slipway_comparison_${name}`, { model: "digits", version: "1.2.0", ...labels });
  expect([of("pairs_total", { agrees: "true" }), of("pairs_total", { agrees: "false" })]).toEqual([0, 40]);
  expect(of("outputs_total", { output: "label", agrees: "true" })).toBe(label?.agreed);
  expect(of("difference_count", { output: "probabilities" })).toBe(40);
  expect(of("difference_sum", { output: "probabilities" })).toBeCloseTo(40 * (probabilities?.mean_difference ?? NaN));
  expect(of("largest_difference", { output: "probabilities" })).toBe(probabilities?.largest_difference);
  for (const side of ["live", "shadow"]) expect(of("duration_seconds_count", { side })).toBe(40);
  expect(of("unpaired_total", { reason: "no_live_answer" })).toBe(0);
  expect(of("errors_total", { side: "shadow" })).toBe(0);

  const [sample] = report.samples as Record<string, unknown>[];
  expect(report.samples).toHaveLength(40);
  expect(sample).toMatchObject({ live_version: "1.1.0", shadow_version: "1.2.0" });
  expect(sample?.inputs_sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify(sample)).not.toContain("data");
});

test("the same model agrees to the last bit, over gRPC as well, and unmarked requests are not compared", async () => {
  const server = await live();
  const shadow = await shadowOf(server.url, { copies: "marked", tolerance: 0 }, digits("1.1.0"));
  const id = new Metadata();
  id.set("x-request-id", "over-grpc");
  const raw = Buffer.from(Float32Array.from({ length: 64 }, (_, i) => i % 16).buffer);
  const request = { inputs: [{ name: "image", datatype: "FP32", shape: [1, 64] }], raw_input_contents: [raw] };
  // The first copy starts the polling; it is too early to be compared.
  await new GrpcClient(shadow.grpcPort).infer(request, { host: "digits-shadow:8081" });
  await hasAsked(shadow, 1);
  await new GrpcClient(server.grpcPort).infer(request, {}, id);
  await new GrpcClient(shadow.grpcPort).infer(request, { host: "digits-shadow:8081" }, id);
  // Not a copy, since its host is not marked.
  await ask(shadow.url, requestFor(0), randomUUID());
  expect(await foundAfter(shadow, 2)).toMatchObject({ pairs: 1, agreed: 1, agreement: 1, waiting: 0, samples: [] });
});

test("finds the live prediction on any replica, even behind a single address", async () => {
  const replicas = await Promise.all([live(), live(), live()]);
  const service = await TcpBalancer.open(...replicas.map(({ port }) => port));
  const shadow = await shadowOf(service.url, { agreement: "top-1" });
  for (let i = 0; i < 30; i++) await mirror([replicas[i % 3] as ServerProcess, shadow], requestFor(i));
  const report = await foundAfter(shadow, 30);
  service.close();
  expect(report).toMatchObject({ pairs: 30, unpaired: {}, errors: {} });
  expect(Number(report.agreed)).toBeGreaterThan(25);
});

test("pairs late answers, and reports why others were not paired", async () => {
  const server = await live();
  const shadow = await shadowOf(server.url, { ttlSeconds: 1 });
  await ask(shadow.url, requestFor(1), "late");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await ask(server.url, requestFor(1), "late");
  await ask(server.url, requestFor(2), "other");
  await ask(shadow.url, requestFor(3), "other");
  await ask(shadow.url, requestFor(4), "never answered");
  await post(`${shadow.url}/v2/models/digits/infer`, requestFor(5));
  await mirror([server, shadow], { inputs: [] });
  expect(await foundAfter(shadow, 5)).toMatchObject({
    pairs: 1,
    unpaired: { other_inputs: 1, no_live_answer: 1, no_request_id: 1, refused: 1 },
    errors: {},
  });
});

test("counts missing predictions by side, and keeps no prediction that is too large", async () => {
  const server = await live();
  const shadow = await shadowOf(server.url, { maxPredictionBytes: 100 }, tiny("log"));
  const image = { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [1] }] };
  await ask(server.url, requestFor(1), "fails in the shadow");
  await ask(shadow.url, requestFor(1), "fails in the shadow");
  await ask(server.url, image, "fails live");
  await ask(shadow.url, image, "fails live");
  const large = { inputs: [{ name: "x", datatype: "FP32", shape: [100], data: Array(100).fill(1) }] };
  await ask(server.url, large, "large");
  await ask(shadow.url, large, "large");
  expect(await foundAfter(shadow, 3)).toMatchObject({
    pairs: 0,
    errors: { shadow: 1, live: 1 },
    unpaired: { too_large: 1 },
  });
});

test("does not affect users: the shadow logs once that the live servers cannot be polled", async () => {
  const server = await live();
  const service = await TcpBalancer.open(server.port);
  const shadow = await shadowOf(service.url, { ttlSeconds: 0.5, values: true, tolerance: 0, samples: 3 });
  service.routeTo();
  await shadow.waitForLog("the live servers cannot be polled");
  for (const answer of await mirror([server, shadow], requestFor(0))) expect(answer.status).toBe(200);
  expect(await foundAfter(shadow, 1)).toMatchObject({ unpaired: { no_live_answer: 1 } });
  service.routeTo(server.port);
  await shadow.waitForLog("the live servers can be polled again");
  for (let i = 0; i < 5; i++) await mirror([server, shadow], requestFor(i));
  const report = await foundAfter(shadow, 6);
  service.close();
  expect(shadow.log.filter(({ msg }) => msg === "the live servers cannot be polled")).toHaveLength(1);
  expect(report).toMatchObject({ pairs: 5 });
  const samples = report.samples as { inputs: { value: { data: unknown } }[] }[];
  expect(samples).toHaveLength(3);
  expect(samples.at(-1)?.inputs[0]?.value.data).toEqual(
    requestFor(4).inputs.map((one) => (one as { data: unknown }).data)[0],
  );
});

test("predictions are only kept if the settings allow it, while a shadow polls, and for other servers", async () => {
  const server = await live();
  const kept = (url: string, headers = {}): Promise<Response> =>
    post(`${url}/v2/models/digits/comparison/kept`, { ids: ["a", "b"] }, headers);
  const idsOf = async (answer: Response): Promise<string[]> =>
    ((await jsonOf(answer)).halves as { id: string }[]).map(({ id }) => id);
  await ask(server.url, requestFor(0), "a");
  expect(await idsOf(await kept(server.url))).toEqual([]);
  await ask(server.url, requestFor(0), "b");
  // It is kept after the response is sent.
  let ids = await idsOf(await kept(server.url));
  while (ids.length === 0) ids = await idsOf(await kept(server.url));
  expect(ids).toEqual(["b"]);
  expect(seriesOf(await metricsOf(server.url), "slipway_comparison_kept_predictions")).toBeUndefined();
  expect(await metricsOf(server.url)).toMatch(/^slipway_comparison_kept_predictions 1$/m);
  expect((await kept(server.url, { "x-forwarded-for": "192.0.2.1" })).status).toBe(403);
  expect((await post(`${server.url}/v2/models/digits/comparison/kept`, { ids: [1] })).status).toBe(400);
  expect((await fetch(`${server.url}/v2/models/digits/comparison`)).status).toBe(404);
  const other = await serve(digits("1.1.0"));
  expect((await kept(other.url)).status).toBe(404);
});

test("with the same settings, only the shadow compares: neither the live version nor any while none is live", async () => {
  const port = await freePort();
  const comparison: Comparison = {
    keep: true,
    live: `http://127.0.0.1:${port}`,
    copies: "unless-live",
    everySeconds: 0.02,
    ttlSeconds: 5,
  };
  const server = await serve(digits("1.1.0"), { comparison, http: { port } });
  const shadow = await serve(digits("1.2.0"), { comparison, model: { version: "1.2.0" } });
  const alone = await serve(digits("1.2.0"), {
    comparison: { ...comparison, live: "http://digits-live.invalid:8080" },
    model: { version: "1.2.0" },
  });
  await hasAsked(shadow, 2);
  for (let i = 0; i < 20; i++) await mirror([server, shadow, alone], requestFor(i));
  expect(await foundAfter(shadow, 20)).toMatchObject({ pairs: 20, unpaired: {} });
  for (const quiet of [server, alone]) {
    expect(await found(quiet)).toMatchObject({ pairs: 0, unpaired: {}, waiting: 0 });
    for (const outcome of ["answered", "failed"])
      expect(seriesOf(await metricsOf(quiet.url), "slipway_comparison_asks_total", { outcome })).toBe(0);
  }
});
