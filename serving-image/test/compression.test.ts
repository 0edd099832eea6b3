import { request } from "node:http";
import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "./support/server-process";

let server: ServerProcess;

beforeAll(async () => {
  server = await serve(digits("1.1.0"), { http: { bodyLimitBytes: 50_000, compressFromBytes: 2000 } });
});
afterAll(cleanUp);

interface Received {
  readonly status?: number;
  readonly encoding?: string;
  readonly body: Buffer;
}

/** Unlike fetch, this neither requests compression nor decompresses by itself. */
function send(body: Buffer | string, headers: Record<string, string>): Promise<Received> {
  return new Promise((resolve, reject) => {
    const options = { port: server.port, host: "127.0.0.1", method: "POST", path: "/v2/models/digits/infer", headers };
    request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const encoding = response.headers["content-encoding"];
        resolve({ status: response.statusCode, ...(encoding && { encoding }), body: Buffer.concat(chunks) });
      });
    })
      .on("error", reject)
      .end(body);
  });
}

const ONE = JSON.stringify(requestFor(0));
const labelIn = ({ body }: Received): unknown => JSON.parse(body.toString()).outputs[0].data;
const MANY = JSON.stringify({
  inputs: [
    { name: "image", datatype: "FP32", shape: [20, 64], data: samples.slice(0, 20).map(({ inputs }) => inputs.image) },
  ],
});

test("decompresses requests with gzip and deflate", async () => {
  for (const [encoding, body] of [
    ["gzip", gzipSync(ONE)],
    ["X-GZIP", gzipSync(ONE)],
    ["deflate", deflateSync(ONE)],
    ["identity", ONE],
  ] as const) {
    const answer = await send(body, { "content-encoding": encoding });
    expect([answer.status, labelIn(answer)]).toEqual([200, [samples[0]?.label]]);
  }
});

test("compresses large responses as the client prefers, and small ones not at all", async () => {
  const plain = await send(MANY, {});
  const outputs = (body: Buffer): unknown => JSON.parse(body.toString()).outputs;
  const cases: [string, string | undefined, (body: Buffer) => Buffer][] = [
    ["gzip", "gzip", gunzipSync],
    ["deflate", "deflate", inflateSync],
    ["gzip;q=0.5, deflate;q=0.8", "deflate", inflateSync],
    ["br, *;q=0.1", "gzip", gunzipSync],
    ["gzip;q=0, identity", undefined, (body) => body],
    ["br", undefined, (body) => body],
  ];
  for (const [accepted, encoding, undo] of cases) {
    const answer = await send(MANY, { "accept-encoding": accepted });
    expect(answer.encoding).toBe(encoding);
    expect(outputs(undo(answer.body))).toEqual(outputs(plain.body));
  }
  expect((await send(ONE, { "accept-encoding": "gzip" })).encoding).toBeUndefined();
});

test("rejects bodies that decompress beyond the limit, and bodies that are not compressed as declared", async () => {
  const bomb = gzipSync(Buffer.alloc(30_000_000, " "));
  expect(bomb.length).toBeLessThan(50_000);
  const refused: [Buffer | string, string, number, RegExp][] = [
    [bomb, "gzip", 413, /larger than 50000 bytes/],
    [deflateSync(Buffer.alloc(50_001, " ")), "deflate", 413, /larger than 50000 bytes/],
    [ONE, "gzip", 400, /not gzip, although its Content-Encoding says so/],
    [gzipSync(ONE).subarray(0, 60), "gzip", 400, /not gzip, .*unexpected end/],
    [ONE, "gzip, deflate", 415, /\\"gzip, deflate\\" is not supported/],
  ];
  for (const [body, encoding, status, message] of refused) {
    const answer = await send(body, { "content-encoding": encoding });
    expect([answer.status, answer.body.toString()]).toEqual([status, expect.stringMatching(message)]);
  }
});
