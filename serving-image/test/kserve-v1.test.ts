import { jsonOf, metricsOf, post, seriesOf } from "./support/client";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

let server: ServerProcess;
let echo: ServerProcess;

beforeAll(async () => {
  server = await serve(digits("1.1.0"), { http: { predictPath: "/api/predict" } });
  echo = await serve(tiny("echo"));
});
afterAll(cleanUp);

const images = samples.slice(0, 3).map(({ inputs }) => inputs.image);
const plain = (server: ServerProcess): string => `${server.url}/v1/models/digits:predict`;

async function predictions(url: string, instances: unknown): Promise<unknown> {
  const response = await post(url, { instances });
  const body = await jsonOf(response);
  return response.status === 200 ? body.predictions : [response.status, body.error];
}

test("returns a prediction for each instance, for rows and for objects with named inputs", async () => {
  const labels = samples.slice(0, 3).map(({ label }) => ({ label, probabilities: expect.any(Array) }));
  expect(await predictions(plain(server), images)).toEqual(labels);
  expect(
    await predictions(
      plain(server),
      images.map((image) => ({ image })),
    ),
  ).toEqual(labels);
  const response = await post(plain(server), { instances: images });
  expect(response.headers.get("slipway-prediction-id")).toMatch(/^1\.1\.0\.[0-9a-f-]{36}\.[0-9a-z]+$/);
});

test("returns rows in the shape of the output, and a single output without its name", async () => {
  const table = await serve(tiny("table"));
  expect(await predictions(plain(table), [1, 0])).toEqual([
    [2.5, 3.5],
    [0.5, 1.5],
  ]);
  expect(await predictions(plain(await serve(tiny("text"))), ["a", "ü"])).toEqual(["a", "ü"]);
  expect(await predictions(plain(await serve(tiny("double"))), [[1, 2, 3]])).toEqual([[2, 4, 6]]);
});

test("transfers several inputs of every datatype, and integers to the last digit", async () => {
  const row = { BOOL: [true, false], STRING: ["", "ü"], INT8: [-128, 127], FLOAT: [1.5, -0.25] };
  const others = ["UINT8", "UINT16", "UINT32", "UINT64", "INT16", "INT32", "DOUBLE"];
  const all = { ...row, ...Object.fromEntries(others.map((name) => [name, [0, 1]])), INT64: ["LARGE", 2] };
  const instance = Object.fromEntries(Object.entries(all).map(([name, values]) => [`in_${name}`, values]));
  const body = JSON.stringify({ instances: [instance, instance] }).replaceAll('"LARGE"', "9007199254740993");
  const text = await (await post(plain(echo), body)).text();
  const expected = Object.entries(all).map(([name, values]) => [`out_${name}`, values]);
  const answer = JSON.parse(text.replaceAll("9007199254740993", '"LARGE"'));
  expect(answer).toEqual({ predictions: [Object.fromEntries(expected), Object.fromEntries(expected)] });
});

test("answers on a custom path, in the format of the request", async () => {
  const own = `${server.url}/api/predict`;
  expect(await predictions(own, images)).toEqual(await predictions(plain(server), images));
  const protocol = await jsonOf(await post(own, { id: "mine", ...requestFor(0) }));
  expect(protocol).toMatchObject({ model_name: "digits", id: "mine", outputs: [{ data: [samples[0]?.label] }, {}] });
  const raw = Buffer.from(Float32Array.from(images[0] ?? []).buffer);
  const binary = await fetch(own, { method: "POST", body: raw, headers: { "inference-header-content-length": "0" } });
  expect([binary.status, binary.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
});

test.each<[string, unknown, number, RegExp]>([
  ["no instances", {}, 400, /The body is not \{"instances"/],
  ["an empty list of instances", { instances: [] }, 400, /with at least one entry/],
  [
    "an instance that is too short",
    { instances: [[1, 2]] },
    400,
    /shape is \[1, 2\], but the model expects \[-1, 64\]/,
  ],
  ["instances of unequal length", { instances: [images[0], [1]] }, 400, /data has 1 elements at level 2/],
  ["an unknown input", { instances: [{ image: images[0], x: 1 }] }, 400, /instances\[0\]: "x" is not an input/],
  ["a missing input", { instances: [{ image: images[0] }, {}] }, 400, /instances\[1\]: input "image" is missing/],
  ["a string among numbers", { instances: [images[0]?.with(3, "x" as never)] }, 400, /element 3 of data is "x"/],
])("rejects %s with a message", async (_what, body, status, message) => {
  const response = await post(plain(server), body);
  expect(await jsonOf(response)).toEqual({ error: expect.stringMatching(message) });
  expect(response.status).toBe(status);
});

test("rejects instances that do not fit the model, and outputs that JSON cannot represent", async () => {
  expect(await predictions(plain(echo), [[1, 2]])).toEqual([
    400,
    expect.stringMatching(/instances\[0\] is not an object/),
  ]);
  const whole = await serve(tiny("double"));
  expect(
    await predictions(plain(whole), [
      [1, 2, 3],
      [1, 2, 3],
    ]),
  ).toEqual([400, expect.stringMatching(/one at a time/)]);
  const logarithms = await serve(tiny("log"));
  expect(await predictions(plain(logarithms), [-1, 1])).toEqual(["NaN", 0]);
});

test("lists its models, reports readiness, and counts V1 requests with all others", async () => {
  const get = async (path: string): Promise<unknown> => jsonOf(await fetch(server.url + path));
  expect(await get("/v1/models")).toEqual({ models: ["digits"] });
  expect(await get("/v2/models")).toEqual({ models: ["digits"] });
  expect(await get("/v1/models/digits")).toEqual({ name: "digits", ready: true });
  expect((await post(`${server.url}/v1/models/digits:explain`, {})).status).toBe(404);
  expect((await post(`${server.url}/v1/models/letters:predict`, {})).status).toBe(404);
  const count = async (): Promise<number> =>
    Number(seriesOf(await metricsOf(server.url), "slipway_inference_requests_total", { code: "200" }));
  const before = await count();
  await predictions(plain(server), images);
  expect((await count()) - before).toBe(1);
});

test.each(["predict", "/v2/predict", "/metrics", "/a b"])("rejects %s as a custom path", async (predictPath) => {
  const refused = new ServerProcess(settingsFor(digits("1.1.0"), { http: { predictPath } }));
  expect(await refused.ended()).toBe(1);
  expect(refused.stderr).toMatch(/\[SRV104\] http\.predictPath: .*is not valid\. Set it to a path such as \/predict/);
});
