import { infer, jsonOf, metricsOf, post, sendRaw, seriesOf } from "./support/client";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "./support/server-process";

let server: ServerProcess;
let url: string;

beforeAll(async () => {
  server = await serve(digits("1.1.0"), { http: { bodyLimitBytes: 100_000 } });
  url = `${server.url}/v2/models/digits/infer`;
});
afterAll(cleanUp);

const image = samples[0]?.inputs.image ?? [];
const good = { name: "image", datatype: "FP32", shape: [1, 64], data: image };
const withInput = (change: object): object => ({ inputs: [{ ...good, ...change }] });
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

const refused: [string, unknown, RegExp][] = [
  ["invalid JSON", "{", /not valid JSON/],
  ["an empty body", "", /not valid JSON/],
  ["not an object", "[]", /not a JSON object/],
  ["no inputs", {}, /inputs is missing/],
  ["inputs that are not an array", { inputs: good }, /inputs is missing, or is not an array/],
  ["an input that is null", { inputs: [null] }, /inputs\[0\] is not an object/],
  ["an input without a name", withInput({ name: undefined }), /inputs\[0\]\.name is missing/],
  ["no input at all", { inputs: [] }, /Input "image" is missing/],
  ["an unknown input", withInput({ name: "picture" }), /Input "picture" is unknown; the model has "image"/],
  ["a name from Object", withInput({ name: "__proto__" }), /Input "__proto__" is unknown/],
  ["an input twice", { inputs: [good, good] }, /Input "image" is given twice/],
  ["another datatype", withInput({ datatype: "FP64" }), /"image": datatype is "FP64", but the model expects FP32/],
  ["no datatype", withInput({ datatype: undefined }), /"image": datatype is missing/],
  ["no shape", withInput({ shape: undefined }), /"image": shape is missing/],
  ["a negative dimension", withInput({ shape: [-1, 64] }), /"image": shape is \[-1, 64\]/],
  ["a dimension of 0 that is fixed", withInput({ shape: [1, 0], data: [] }), /"image": shape is \[1, 0\]/],
  ["a fractional dimension", withInput({ shape: [0.5, 128] }), /"image": shape is \[0.5, 128\]/],
  ["a shape that is a string", withInput({ shape: "1,64" }), /"image": shape is "1,64"/],
  ["another rank", withInput({ shape: [64] }), /"image": shape is \[64\], but the model expects \[-1, 64\]/],
  ["another width", withInput({ shape: [1, 63] }), /"image": shape is \[1, 63\], but the model expects \[-1, 64\]/],
  [
    "too little data",
    withInput({ data: image.slice(1) }),
    /"image": shape \[1, 64\] needs 64 elements, but data has 63/,
  ],
  ["too much data", withInput({ data: [...image, 1] }), /needs 64 elements, but data has 65/],
  [
    "a shape larger than any memory",
    withInput({ shape: [1e15, 64] }),
    /"image": shape \[1000000000000000, 64\] has more elements than 16777216, the limit/,
  ],
  ["no data", withInput({ data: undefined }), /"image": data is not an array/],
  ["data that is a string", withInput({ data: "0" }), /"image": data is not an array/],
  ["rows of unequal length", withInput({ shape: [2, 64], data: [image, [1]] }), /data has 1 elements at level 2/],
  ["too many rows", withInput({ shape: [1, 64], data: [image, image] }), /data has 2 elements at level 1/],
  [
    "data nested too far",
    withInput({ data: [image.map((x) => [x])] }),
    /element 0 of data is \[0\], which is not a valid FP32/,
  ],
  ["a string among numbers", withInput({ data: image.with(7, "7" as never) }), /element 7 of data is "7"/],
  ["true among numbers", withInput({ data: image.with(63, true as never) }), /element 63 of data is true/],
  [
    "a number beyond FP32",
    withInput({ data: image.with(0, 1e39) }),
    /element 0 of data is 1e\+39, which is not a valid FP32/,
  ],
  [
    "a number beyond a double",
    JSON.stringify(withInput({})).replace("[0,", "[1e999,"),
    /element 0 of data is a number beyond 1\.797/,
  ],
  ["an id that is a number", { ...withInput({}), id: 7 }, /id is not a string/],
  ["parameters that are a list", { ...withInput({}), parameters: [] }, /parameters is not an object/],
  [
    "an unknown output",
    { ...withInput({}), outputs: [{ name: "x" }] },
    /Output "x" is unknown; the model has "label", "p/,
  ],
  [
    "an output twice",
    { ...withInput({}), outputs: [{ name: "label" }, { name: "label" }] },
    /"label" is requested twice/,
  ],
  ["outputs that are a string", { ...withInput({}), outputs: "label" }, /outputs is not an array/],
  ["JSON with excessive nesting", nested(40_000), /nested more than 64 levels/],
];

test.each(refused)("rejects %s with a message", async (_what, body, message) => {
  const response = await post(url, body);
  expect(await jsonOf(response)).toEqual({ error: expect.stringMatching(message) });
  expect(response.status).toBe(400);
});

test("rejects invalid HTTP, large bodies, and unknown paths and methods, with a message", async () => {
  const status = async (sent: Promise<Response>): Promise<[number, string]> => {
    const response = await sent;
    expect(await jsonOf(response)).toEqual({ error: expect.any(String) });
    return [response.status, response.headers.get("allow") ?? ""];
  };
  const tooLarge = JSON.stringify(withInput({ data: Array(50_000).fill(1.5) }));
  expect(await status(post(url, tooLarge))).toEqual([413, ""]);
  const inParts = new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(" ".repeat(60_000)));
      if (++parts === 3) controller.close();
    },
  });
  let parts = 0;
  const chunked: RequestInit & { duplex: "half" } = { method: "POST", body: inParts, duplex: "half" };
  expect(await status(fetch(url, chunked))).toEqual([413, ""]);
  expect(await status(post(url, "x", { "content-encoding": "br" }))).toEqual([415, ""]);
  expect(await status(fetch(url, { method: "POST", body: Uint8Array.of(0x7b, 0xff, 0x7d) }))).toEqual([400, ""]);
  expect(await status(fetch(url))).toEqual([405, "POST"]);
  expect(await status(post(`${server.url}/ready`, "{}"))).toEqual([405, "GET, HEAD"]);
  expect(await status(post(url.replace("digits", "letters"), withInput({})))).toEqual([404, ""]);
  expect(await status(post(url.replace("digits", "digits/versions/2"), withInput({})))).toEqual([404, ""]);
  expect(await status(fetch(`${server.url}/v2/models/%E0%A4%A`))).toEqual([404, ""]);
  expect(await status(fetch(`${server.url}/v3`))).toEqual([404, ""]);
  expect(await sendRaw(server.port, "GARBAGE\r\n\r\n")).toMatch(/^HTTP\/1.1 400 [^]*\{"error":/);
  const header = `GET /v2 HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`;
  expect(await sendRaw(server.port, header)).toMatch(/^HTTP\/1.1 431 [^]*\{"error":/);
});

test("200 malformed requests do not affect concurrent good ones", async () => {
  const alone = await Promise.all(Array.from({ length: 100 }, (_, i) => infer(server.url, requestFor(i))));
  const bad = Array.from({ length: 200 }, (_, i) => post(url, refused[i % refused.length]?.[1]).then((r) => r.status));
  const concurrent = await Promise.all(Array.from({ length: 100 }, (_, i) => infer(server.url, requestFor(i))));
  expect(new Set(await Promise.all(bad))).toEqual(new Set([400]));
  expect(concurrent.map(({ outputs }) => outputs)).toEqual(alone.map(({ outputs }) => outputs));
  const metrics = await metricsOf(server.url);
  expect(metrics).not.toMatch(/slipway_inference_requests_total\{.*code="5\d\d"\} [1-9]/);
  expect(seriesOf(metrics, "slipway_inference_requests_total", { code: "400" })).toBeGreaterThanOrEqual(200);
});

test("enforces the limits of the settings: elements of a tensor, size of headers, NaN and infinities", async () => {
  const strict = await serve(digits("1.1.0"), {
    http: { headerLimitBytes: 2000 },
    limits: { tensorElements: 128, notFinite: "refuse" },
  });
  const path = `${strict.url}/v2/models/digits/infer`;
  expect((await post(path, withInput({ shape: [2, 64], data: [...image, ...image] }))).status).toBe(200);
  const tooMany = await post(path, withInput({ shape: [3, 64], data: [...image, ...image, ...image] }));
  expect([tooMany.status, (await jsonOf(tooMany)).error]).toEqual([
    400,
    expect.stringMatching(/limits\.tensorElements/),
  ]);
  for (const odd of [NaN, Infinity, -Infinity]) {
    const body = Float32Array.from(image).fill(odd, 7, 8);
    const raw = await fetch(path, { method: "POST", body, headers: { "inference-header-content-length": "0" } });
    expect([raw.status, (await jsonOf(raw)).error]).toEqual([
      400,
      'Input "image": element 7 is NaN or infinite, which this server does not accept (limits.notFinite).',
    ]);
  }
  expect(await sendRaw(strict.port, `GET /v2 HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(2500)}\r\n\r\n`)).toMatch(/ 431 /);
});

test("a client that sends too slowly receives 408, and its connection is closed", async () => {
  const quick = await serve(digits("1.1.0"), { http: { headersTimeoutSeconds: 1, requestTimeoutSeconds: 1 } });
  const head = "POST /v2/models/digits/infer HTTP/1.1\r\nhost: x\r\n";
  const [headers, body] = await Promise.all([
    sendRaw(quick.port, head),
    sendRaw(quick.port, `${head}content-length: 100\r\n\r\n{"inputs"`),
  ]);
  expect(headers).toMatch(/^HTTP\/1.1 408 [^]*took too long/);
  expect(body).toMatch(/^HTTP\/1.1 408 [^]*took too long/);
});
