import { connect, type ClientHttp2Session, constants, type IncomingHttpHeaders } from "node:http2";
import { setTimeout as delay } from "node:timers/promises";
import { deflateSync, gzipSync } from "node:zlib";
import { status } from "@grpc/grpc-js";
import { inferenceDefinition } from "../src/grpc/definitions";
import { bytesOf } from "./support/binary";
import { metricsOf, seriesOf } from "./support/client";
import { samples } from "./support/samples";
import { cleanUp, digits, serve, type ServerProcess, tiny } from "./support/server-process";

const { ModelInfer: method } = inferenceDefinition;
const LIMIT = 2000;

let server: ServerProcess;
let session: ClientHttp2Session;

beforeAll(async () => {
  server = await serve(digits("1.1.0"), { http: { bodyLimitBytes: LIMIT } });
  session = connect(`http://127.0.0.1:${server.grpcPort}`);
});
afterAll(async () => {
  session.close();
  await cleanUp();
});

interface Answer {
  readonly code: number;
  readonly message: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Calls ModelInfer with these bytes, in as many pieces, and without a client that would prevent mistakes. */
function call(pieces: readonly Buffer[], headers: object = {}, over = session): Promise<Answer> {
  const grpc = { "content-type": "application/grpc", te: "trailers", ":method": "POST", ":path": method?.path };
  return new Promise((resolve, reject) => {
    const stream = over.request({ ...grpc, ...headers });
    const body: Buffer[] = [];
    let received: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders | undefined;
    stream.on("response", (found) => (received = found));
    stream.on("trailers", (found) => (trailers = found));
    stream.on("data", (chunk: Buffer) => body.push(chunk));
    stream.on("end", () => {
      const { "grpc-status": code, "grpc-message": message } = trailers ?? received;
      const text = decodeURI(String(message));
      resolve({ code: Number(code), message: text, headers: received, body: Buffer.concat(body) });
    });
    stream.on("error", reject);
    void send(pieces, (piece) => stream.write(piece)).then(() => stream.end());
  });
}

async function send(pieces: readonly Buffer[], write: (piece: Buffer) => void): Promise<void> {
  for (const piece of pieces) {
    write(piece);
    if (pieces.length > 1) await delay(1);
  }
}

const pixels = samples[0]?.inputs.image ?? [];
const message = method?.requestSerialize({
  model_name: "digits",
  inputs: [{ name: "image", datatype: "FP32", shape: [1, 64] }],
  outputs: [{ name: "label" }],
  raw_input_contents: [bytesOf(Float32Array.from(pixels))],
}) as Buffer;

function framed(content: Buffer, flag = 0): Buffer {
  const prefix = Buffer.of(flag, 0, 0, 0, 0);
  prefix.writeUInt32BE(content.length, 1);
  return Buffer.concat([prefix, content]);
}

const whole = framed(message);

function labelOf({ body }: Answer): Buffer[] {
  const reply = method?.responseDeserialize(body.subarray(5)) as { readonly raw_output_contents: Buffer[] };
  return reply.raw_output_contents;
}

const label = bytesOf(BigInt64Array.of(BigInt(samples[0]?.label ?? -1)));

test.each<[string, Buffer[], object]>([
  ["in one piece", [whole], {}],
  [
    "in pieces that end within the length and the message",
    [3, 5, 6, 100].map((end, i, ends) => whole.subarray(ends[i - 1] ?? 0, end)).concat(whole.subarray(100)),
    {},
  ],
  ["with a deadline", [whole], { "grpc-timeout": "20S" }],
  ["with the longest deadline", [whole], { "grpc-timeout": "99999999H" }],
  ["compressed with gzip", [framed(gzipSync(message), 1)], { "grpc-encoding": "gzip" }],
  ["compressed with deflate", [framed(deflateSync(message), 1)], { "grpc-encoding": "deflate" }],
  ["with an encoding that it does not use", [whole], { "grpc-encoding": "gzip" }],
])("answers a message %s", async (_case, pieces, headers) => {
  const answer = await call(pieces, headers);
  expect([answer.code, answer.message]).toEqual([status.OK, "OK"]);
  expect(labelOf(answer)).toEqual([label]);
  expect(answer.headers).toMatchObject({ ":status": 200, "grpc-accept-encoding": "identity,deflate,gzip" });
  expect(answer.headers["slipway-prediction-id"]).toMatch(/^1\.1\.0\./);
});

const tooLarge = framed(Buffer.alloc(LIMIT + 1));

test.each<[string, Buffer[], object, number, RegExp]>([
  ["no message", [], {}, status.UNIMPLEMENTED, /^Received no request message/],
  ["half a message", [whole.subarray(0, 50)], {}, status.UNIMPLEMENTED, /^Received no request message/],
  ["half a length", [whole.subarray(0, 3)], {}, status.UNIMPLEMENTED, /^Received no request message/],
  ["two messages", [whole, whole], {}, status.UNIMPLEMENTED, /^Received a second request message/],
  ["a message that is too large", [tooLarge], {}, status.INVALID_ARGUMENT, /^The message is larger than .*2000/],
  ["the announcement of one", [tooLarge.subarray(0, 5)], {}, status.INVALID_ARGUMENT, /^The message is larger than/],
  ["compression without an encoding", [framed(message, 1)], {}, status.INTERNAL, /has no header grpc-encoding/],
  ["an unknown encoding", [framed(message, 1)], { "grpc-encoding": "br" }, status.UNIMPLEMENTED, /encoding "br"/],
  ["an invalid timeout", [whole], { "grpc-timeout": "soon" }, status.INTERNAL, /Invalid grpc-timeout/],
  [
    "bytes that are not a request",
    [framed(Buffer.from("image"))],
    {},
    status.INVALID_ARGUMENT,
    /is not a ModelInferRequest/,
  ],
  ["an unknown method", [whole], { ":path": "/inference.GRPCInferenceService/Infer" }, status.UNIMPLEMENTED, /./],
])(
  "rejects %s with a status, and answers the next call on the connection",
  async (_case, pieces, headers, code, text) => {
    const answer = await call(pieces, headers);
    expect([answer.code, answer.message]).toEqual([code, expect.stringMatching(text)]);
    expect((await call([whole])).code).toBe(status.OK);
  },
);

test("a call past its deadline is answered at once, and one that is cancelled is not computed", async () => {
  const slow = await serve(tiny("slow"), { batching: { maxBatchSize: 1 }, workers: { count: 1 } });
  const own = connect(`http://127.0.0.1:${slow.grpcPort}`);
  const rows = (count: number): Buffer[] => {
    const inputs = [{ name: "x", datatype: "FP32", shape: [count] }];
    const raw = bytesOf(new Float32Array(count));
    const request = { model_name: "digits", inputs, raw_input_contents: [raw] };
    return [framed(method?.requestSerialize(request) ?? Buffer.of())];
  };
  const others = Array.from({ length: 8 }, () => call(rows(20), {}, own));
  while ((seriesOf(await metricsOf(slow.url), "slipway_inference_queue_length") ?? 0) < 3) await delay(1);
  const cancelled = own.request({ ":method": "POST", ":path": method?.path, "content-type": "application/grpc" });
  cancelled.end(rows(1)[0]);
  cancelled.on("error", () => undefined);
  const late = await call(rows(1), { "grpc-timeout": "30m" }, own);
  cancelled.close(constants.NGHTTP2_CANCEL);
  expect(late.code).toBe(status.DEADLINE_EXCEEDED);
  expect((await Promise.all(others)).map(({ code }) => code)).toEqual(Array(8).fill(status.OK));
  expect((await call(rows(1), {}, own)).code).toBe(status.OK);
  const metrics = await metricsOf(slow.url);
  expect(seriesOf(metrics, "slipway_inference_compute_seconds_count")).toBe(9);
  expect(seriesOf(metrics, "slipway_inference_rejected_total", { reason: "client_gone" })).toBeGreaterThanOrEqual(1);
  own.close();
});
