import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { inferenceDefinition } from "../src/grpc/definitions";
import { bytesOf } from "./support/binary";
import { metricsOf, post, seriesOf } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { cleanUp, serve, type ServerProcess, tiny } from "./support/server-process";

const MAX_UNSENT = 40_000_000;
const ROWS = 3;
/** Each response is a million numbers a row: far more than the buffers of the operating system hold. */
const RESPONSE_BYTES = 15_000_000;

jest.setTimeout(20_000);

let server: ServerProcess;
let prompt: ServerProcess;
const sockets: { destroy(): void }[] = [];

beforeAll(async () => {
  // Without batches to try, the model is warm sooner.
  const alone = { batching: { maxBatchSize: 1 } };
  const limits = { maxUnsentBytes: MAX_UNSENT, maxUnsentBytesPerConnection: 20_000_000 };
  [server, prompt] = await Promise.all([
    serve(tiny("large"), { ...alone, responses: limits }),
    serve(tiny("large"), { ...alone, responses: { ...limits, sendTimeoutSeconds: 1 } }),
  ]);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(cleanUp);

const body = JSON.stringify({
  inputs: [{ name: "x", datatype: "FP32", shape: [ROWS, 1], data: Array(ROWS).fill(1.25) }],
});
const REQUEST = `POST /v2/models/digits/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Connects, sends a request, and reads nothing. */
function askOnly({ port }: ServerProcess, request = REQUEST): Socket {
  const socket = connect(port, "127.0.0.1", () => socket.write(request)).on("error", () => undefined);
  sockets.push(socket.pause());
  return socket;
}

/** The same over gRPC, with an HTTP/2 client that does not extend the window. */
function askOnlyOverGrpc({ grpcPort }: ServerProcess): void {
  const { path, requestSerialize } = inferenceDefinition["ModelInfer"] ?? { path: "" };
  const message = requestSerialize?.({
    model_name: "digits",
    inputs: [{ name: "x", datatype: "FP32", shape: [ROWS, 1] }],
    raw_input_contents: [bytesOf(new Float32Array(ROWS))],
  });
  const session = connectHttp2(`http://127.0.0.1:${grpcPort}`).on("error", () => undefined);
  sockets.push(session);
  const stream = session.request({
    ":path": path,
    ":method": "POST",
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => undefined).pause();
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message?.length ?? 0, 1);
  stream.end(Buffer.concat([prefix, message ?? prefix]));
}

const unsentOf = (metrics: string): number => Number(/^slipway_unsent_response_bytes (\d+)$/m.exec(metrics)?.[1]);
const closedFor = (reason: string, metrics: string): number =>
  seriesOf(metrics, "slipway_connections_closed_total", { reason }) ?? NaN;

test.each<[string, () => void]>([
  ["HTTP", () => askOnly(server)],
  ["gRPC", () => askOnlyOverGrpc(server)],
])(
  "over %s, clients that do not read are disconnected before they fill the memory, and others are served",
  async (_protocol, ask) => {
    const before = closedFor("unsent_limit", await metricsOf(server.url));
    const path = `${server.url}/v2/models/digits/infer`;
    for (let most = 0, closed = 0; closed < 2;) {
      ask();
      await delay(100);
      const response = await post(path, body);
      // A response may be refused while no client has been idle for half a second.
      expect([200, 429]).toContain(response.status);
      if (response.status === 200) expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(RESPONSE_BYTES);
      const metrics = await metricsOf(server.url);
      most = Math.max(most, unsentOf(metrics));
      expect(most).toBeLessThanOrEqual(MAX_UNSENT);
      closed = closedFor("unsent_limit", metrics) - before;
    }
    expect(server.line("closed a connection whose client does not read its responses")).toMatchObject({
      level: "warn",
    });
  },
);

test("when the clients are gone, nothing is counted as unsent", async () => {
  while (unsentOf(await metricsOf(server.url)) > 0) await delay(20);
});

test.each<[string, () => void]>([
  ["HTTP", () => askOnly(prompt)],
  ["gRPC", () => askOnlyOverGrpc(prompt)],
])("over %s, a client that reads nothing for responses.sendTimeoutSeconds is disconnected", async (_protocol, ask) => {
  const before = closedFor("send_timeout", await metricsOf(prompt.url));
  ask();
  while (unsentOf(await metricsOf(prompt.url)) === 0) await delay(20);
  while (unsentOf(await metricsOf(prompt.url)) > 0) await delay(20);
  expect(closedFor("send_timeout", await metricsOf(prompt.url))).toBe(before + 1);
});

test("a client that reads slowly, but reads, receives its whole response", async () => {
  const socket = askOnly(prompt);
  let received = 0;
  socket.on("data", (chunk: Buffer) => {
    received += chunk.length;
    socket.pause();
    setTimeout(() => socket.resume(), 8);
  });
  socket.resume();
  while (received < RESPONSE_BYTES && !socket.destroyed) await delay(50);
  expect(received).toBeGreaterThanOrEqual(RESPONSE_BYTES);
});

test("a client that sends requests without reading is refused from a limit of its own on", async () => {
  const socket = askOnly(server, REQUEST.repeat(4));
  while (unsentOf(await metricsOf(server.url)) === 0) await delay(20);
  let statuses = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    statuses += chunk.replaceAll(/[\d,.]{20,}/g, "");
  });
  socket.resume();
  const found = (): string[] => Array.from(statuses.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status = ""]) => status);
  while (found().length < 4) await delay(20);
  expect(new Set(found())).toEqual(new Set(["200", "429"]));
});

test("idle connections do not keep the predictions of their last requests in memory", async () => {
  const binary = JSON.stringify({ ...JSON.parse(body), parameters: { binary_data_output: true } });
  const request = REQUEST.replace(/content-length: \d+[^]*/, `content-length: ${binary.length}\r\n\r\n${binary}`);
  for (let i = 0; i < 20; i++) {
    const socket = askOnly(server, request);
    let left = ROWS * 4_000_000;
    socket.on("data", (chunk: Buffer) => (left -= chunk.length)).resume();
    while (left > 0) await delay(2);
  }
  // Each tensor has 12 MB: 240 MB if they were kept.
  const external = Number(/^nodejs_external_memory_bytes (\d+)/m.exec(await metricsOf(server.url))?.[1]);
  expect(external).toBeLessThan(150_000_000);
});

test("a gRPC client that reads receives a large response", async () => {
  const client = new GrpcClient(server.grpcPort);
  const inputs = [{ name: "x", datatype: "FP32", shape: [1, 1] }];
  const { answer } = await client.infer({ inputs, raw_input_contents: [bytesOf(Float32Array.of(1.25))] });
  client.close();
  expect((answer.raw_output_contents as Buffer[])[0]).toHaveLength(4_000_000);
});
