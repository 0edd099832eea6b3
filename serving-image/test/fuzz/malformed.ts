import { inferenceDefinition } from "../../src/grpc/definitions";
import { bytesOf } from "../support/binary";
import { requestFor } from "../support/samples";
import type { FuzzRandom } from "./fuzz-random";

/** A request that is most likely invalid, and how it is sent. */
export type Malformed =
  | { readonly kind: "raw"; readonly port: "http" | "grpc"; readonly bytes: Buffer }
  | { readonly kind: "http"; readonly path: string; readonly headers: Record<string, string>; readonly body: Buffer }
  | { readonly kind: "grpc"; readonly path: string; readonly message: Buffer };

const INFER = "/v2/models/digits/infer";
const PATHS = [INFER, INFER, INFER, "/v1/models/digits:predict", "/predict", "/v2/models/digits/feedback"];
const OTHER_PATHS = ["/v2/repository/index", "/v2/repository/models/digits/load", "/v2/models/%00/infer", "/v2//infer"];
const ODD: readonly unknown[] = [
  ...[null, true, "", "\u0000", "1e999", [], {}, [[]], -1, 0.5, 2 ** 53, 1e308, -0],
  ...["__proto__", "constructor", "x".repeat(5000), [1e15, 64], { __proto__: 1 }, "\ud800", [null], 9007199254740993n],
];

/** Makes the next malformed request. */
export function malformed(random: FuzzRandom): Malformed {
  const kinds = [rawHttp, json, json, json, damagedJson, binaryHeader, binaryHeader, grpcMessage, grpcBytes, rawGrpc];
  return random.pick(kinds)(random);
}

function rawHttp(random: FuzzRandom): Malformed {
  const body = JSON.stringify(requestFor(random.below(50)));
  const lines = [
    `${random.pick(["POST", "GET", "PUT", "post", "P\u0000ST", ""])} ${random.pick([...PATHS, "*", "//", "http://x/"])} HTTP/1.1`,
    "host: x",
    random.pick([
      `content-length: ${body.length}`,
      "content-length: -1",
      "content-length: 99999999999",
      `content-length: ${body.length}\r\ncontent-length: 1`,
      "transfer-encoding: chunked",
      `transfer-encoding: chunked\r\ncontent-length: ${body.length}`,
      "expect: 200-ok",
    ]),
    `x-${"h".repeat(random.below(200))}: ${"v".repeat(random.chance(0.05) ? 40_000 : random.below(100))}`,
  ];
  const whole = Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
  return { kind: "raw", port: "http", bytes: random.chance(0.5) ? random.damage(whole) : whole };
}

/** Valid JSON with one odd value. */
function json(random: FuzzRandom): Malformed {
  const path = random.pick([...PATHS, ...OTHER_PATHS]);
  const instances = {
    instances: [requestFor(random.below(50)).inputs.map((input) => ("data" in input ? input.data : 0))[0]],
  };
  const good = /predict/.test(path)
    ? instances
    : { id: "x", parameters: {}, ...requestFor(random.below(50)), outputs: [{ name: "label" }] };
  return { kind: "http", path, headers: headersFor(random), body: Buffer.from(textOf(mutate(random, good))) };
}

function damagedJson(random: FuzzRandom): Malformed {
  const deep = "[".repeat(random.below(5000));
  const text = random.chance(0.1) ? deep : JSON.stringify(requestFor(random.below(50)));
  return {
    kind: "http",
    path: random.pick(PATHS),
    headers: headersFor(random),
    body: random.damage(Buffer.from(text || "[")),
  };
}

/** JSON followed by tensors, with wrong lengths in either place. */
function binaryHeader(random: FuzzRandom): Malformed {
  const tensor = bytesOf(Float32Array.from({ length: 64 }, (_, i) => i));
  const size = random.pick<unknown>([256, 255, 0, -1, 1e12, "256", null, 256.5]);
  const input = { name: "image", datatype: "FP32", shape: [1, 64], parameters: { binary_data_size: size } };
  const good = { inputs: [input], parameters: { binary_data_output: true } };
  const head = Buffer.from(textOf(mutate(random, good)));
  const length = random.pick([head.length, head.length, 0, head.length - 1, head.length + 1, 1e9, -1, NaN, 0.5]);
  const tail = random.pick([
    tensor,
    tensor.subarray(1),
    Buffer.concat([tensor, tensor]),
    random.bytes(random.below(300)),
  ]);
  const headers = { "inference-header-content-length": String(length) };
  return { kind: "http", path: random.pick(PATHS), headers, body: Buffer.concat([head, tail]) };
}

function grpcMessage(random: FuzzRandom): Malformed {
  const { path, requestSerialize } = methodOf("ModelInfer");
  for (;;) {
    try {
      return { kind: "grpc", path, message: requestSerialize(mutate(random, goodMessage())) };
    } catch {
      // This message cannot even be serialized.
    }
  }
}

function grpcBytes(random: FuzzRandom): Malformed {
  const { path, requestSerialize } = methodOf("ModelInfer");
  const odd = random.pick([
    path,
    path,
    methodOf("ModelStatistics").path,
    methodOf("RepositoryIndex").path,
    "/inference.None/No",
  ]);
  return { kind: "grpc", path: odd, message: random.damage(requestSerialize(goodMessage())) };
}

function rawGrpc(random: FuzzRandom): Malformed {
  const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const rest = random.bytes(random.below(200));
  return {
    kind: "raw",
    port: "grpc",
    bytes: random.chance(0.7) ? Buffer.concat([preface, rest]) : random.damage(preface),
  };
}

function goodMessage(): object {
  return {
    model_name: "digits",
    id: "x",
    inputs: [{ name: "image", datatype: "FP32", shape: [1, 64], contents: { fp32_contents: Array(64).fill(1) } }],
    outputs: [{ name: "label" }],
  };
}

function methodOf(name: string): { path: string; requestSerialize(value: unknown): Buffer } {
  const method = inferenceDefinition[name];
  if (!method) throw new Error(`There is no method ${name}.`);
  return method;
}

function headersFor(random: FuzzRandom): Record<string, string> {
  const odd: Record<string, string>[] = [
    { "content-encoding": "gzip" },
    { "content-encoding": "deflate, gzip" },
    { "content-type": "text/plain" },
    { "inference-header-content-length": "7" },
    { "accept-encoding": "gzip;q=x, *;q=2" },
  ];
  return random.chance(0.2) ? random.pick(odd) : {};
}

/** Copies a value with one random mutation: another value, a removed one, or a duplicate. */
function mutate(random: FuzzRandom, value: unknown): unknown {
  if (random.chance(0.15) || typeof value !== "object" || value === null) return random.pick(ODD);
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    if (copy.length === 0) return [random.pick(ODD)];
    const at = random.below(copy.length);
    const kind = random.below(6);
    if (kind === 0) copy.splice(at, 1);
    else if (kind === 1) copy.splice(at, 0, copy[at]);
    else copy[at] = mutate(random, copy[at]);
    return copy;
  }
  const entries = Object.entries(value);
  const [name = "x", old] = entries.length > 0 ? random.pick(entries) : [];
  if (random.chance(0.15)) return Object.fromEntries(entries.filter(([one]) => one !== name));
  return { ...value, [random.chance(0.1) ? String(random.pick(ODD)) : name]: mutate(random, old) };
}

function textOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? `BIG${one}` : one));
  return (text ?? "").replace(/"BIG(\d+)"/g, "$1");
}
