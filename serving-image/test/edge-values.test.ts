import { bytesOf, postBinary } from "./support/binary";
import { infer, jsonOf, outputOf, post } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { cleanUp, serve, type ServerProcess, tiny } from "./support/server-process";

let half: ServerProcess;
let log: ServerProcess;
let strict: ServerProcess;
let sums: ServerProcess;
let text: ServerProcess;
const clients: GrpcClient[] = [];

beforeAll(async () => {
  [half, log, strict, sums, text] = await Promise.all([
    serve(tiny("half")),
    serve(tiny("log")),
    serve(tiny("log"), { limits: { notFinite: "refuse" } }),
    serve(tiny("sums")),
    serve(tiny("text")),
  ]);
});
afterAll(async () => {
  for (const client of clients) client.close();
  await cleanUp();
});

function grpc(server: ServerProcess, input: object, raw?: Buffer): ReturnType<GrpcClient["infer"]> {
  const client = new GrpcClient(server.grpcPort);
  clients.push(client);
  return client.infer({ inputs: [input], ...(raw && { raw_input_contents: [raw] }) });
}

const urlOf = (server: ServerProcess): string => `${server.url}/v2/models/digits/infer`;
const one = (datatype: string, shape: readonly number[], data: string): string =>
  `{"inputs":[{"name":"x","datatype":"${datatype}","shape":[${shape.join()}],"data":${data}}]}`;

async function refusalOf(response: Promise<Response>): Promise<[number, unknown]> {
  const { status, ...answer } = await response.then(async (one) => ({ status: one.status, ...(await jsonOf(one)) }));
  return [status, (answer as { error?: unknown }).error];
}

/** The text of the data of the output `y`, since parsing would hide −0. */
async function dataOf(server: ServerProcess, body: string): Promise<string | undefined> {
  const response = await post(urlOf(server), body);
  return /"name":"y".*?"data":(\[.*?\])/.exec(await response.text())?.[1];
}

describe("floats in JSON", () => {
  test("accepts null as NaN and the names of NaN and infinities, and writes those names", async () => {
    const input = one("FP32", [6], '[null,"NaN","Infinity","-Infinity",0,1]');
    expect(await dataOf(log, input)).toBe('["NaN","NaN","Infinity","NaN","-Infinity",0]');
    const body = { instances: [null, "Infinity", 1, -1] };
    expect(await jsonOf(await post(`${log.url}/v1/models/digits:predict`, body))).toEqual({
      predictions: ["NaN", "Infinity", 0, "NaN"],
    });
  });

  test("refuses them on both sides if the settings say so, also as bytes and over gRPC", async () => {
    expect(await refusalOf(post(urlOf(strict), one("FP32", [1], "[null]")))).toEqual([
      400,
      expect.stringMatching(/element 0 is NaN or infinite.*limits\.notFinite/),
    ]);
    const returned = /Output "y": the model returned NaN or an infinity as element 1.*limits\.notFinite/;
    expect(await refusalOf(post(urlOf(strict), one("FP32", [2], "[1,-1]")))).toEqual([
      422,
      expect.stringMatching(returned),
    ]);
    const raw = bytesOf(Float32Array.of(1, -1));
    expect((await postBinary(urlOf(strict), "", [raw], "0")).status).toBe(422);
    expect((await grpc(strict, { name: "x", datatype: "FP32", shape: [2] }, raw)).details).toMatch(returned);
  });

  test("keeps -0, and transfers 16-bit floats as the nearest numbers", async () => {
    expect(await dataOf(half, one("FP16", [5], '[-0,0,1.5,0.1,"-Infinity"]'))).toBe(
      '[-0,0,1.5,0.0999755859375,"-Infinity"]',
    );
    const predictions = await post(`${half.url}/v1/models/digits:predict`, '{"instances":[-0.0,65504]}');
    expect(await predictions.text()).toBe('{"predictions":[-0,65504]}');
    const raw = bytesOf(Uint16Array.of(0x8000, 0x7e00));
    expect((await grpc(half, { name: "x", datatype: "FP16", shape: [2] }, raw)).answer.raw_output_contents).toEqual([
      raw,
    ]);
  });

  test.each<[() => ServerProcess, string, string, RegExp]>([
    [() => log, "FP32", "1e400", /element 0 of data is a number beyond 1\.7976931348623157e\+308, which/],
    [() => log, "FP32", "-1e400", /element 0 of data is a number beyond -1\.7976931348623157e\+308, which/],
    [() => log, "FP32", '"nan"', /element 0 of data is "nan", which is not a valid FP32/],
    [() => log, "FP32", '"1"', /element 0 of data is "1", which is not a valid FP32/],
    [() => half, "FP16", "65520", /element 0 of data is 65520, which is not a valid FP16/],
    [() => half, "FP16", "true", /element 0 of data is true, which is not a valid FP16/],
  ])("refuses %#: a %s of %s", async (server, datatype, data, message) => {
    expect(await refusalOf(post(urlOf(server()), one(datatype, [1], `[${data}]`)))).toEqual([
      400,
      expect.stringMatching(message),
    ]);
  });
});

describe("strings that the runtime would change", () => {
  const prefixed = (value: string): Buffer =>
    Buffer.concat([bytesOf(Uint32Array.of(value.length)), Buffer.from(value)]);
  const nul = /Input "x": element 0 contains a NUL character, at which the runtime would cut it/;
  const sized = '{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":7}}]}';

  test.each<[string, () => Promise<[number, unknown]>]>([
    ["JSON", () => refusalOf(post(urlOf(text), one("BYTES", [1], '["a\\u0000b"]')))],
    ["an instance", () => refusalOf(post(`${text.url}/v1/models/digits:predict`, { instances: ["a\0b"] }))],
    [
      "bytes",
      () => postBinary(urlOf(text), sized, [prefixed("a\0b")]).then((a) => [a.status, JSON.parse(a.json).error]),
    ],
    [
      "a raw body",
      () => postBinary(urlOf(text), "", [Buffer.from("\0")]).then((a) => [a.status, JSON.parse(a.json).error]),
    ],
  ])("are refused in %s", async (_form, send) => {
    expect(await send()).toEqual([400, expect.stringMatching(nul)]);
  });

  test("are refused over gRPC, as contents and raw", async () => {
    const input = { name: "x", datatype: "BYTES", shape: [1] };
    const asContents = await grpc(text, { ...input, contents: { bytes_contents: [Buffer.from("a\0b")] } });
    expect(asContents.details).toMatch(nul);
    expect((await grpc(text, input, prefixed("a\0b"))).details).toMatch(nul);
  });

  test("are refused with half of a surrogate pair, but not with a whole one", async () => {
    expect(await refusalOf(post(urlOf(text), one("BYTES", [1], '["a\\ud83d"]')))).toEqual([
      400,
      expect.stringMatching(/element 0 contains half of a surrogate pair/),
    ]);
    expect(await dataOf(text, one("BYTES", [1], '["a\\ud83d\\ude00"]'))).toBe('["a😀"]');
  });
});

describe("tensors without elements", () => {
  const doubled = async (shape: readonly number[], data: string): Promise<unknown> => {
    const answer = await infer(sums.url, JSON.parse(one("FP32", shape, data)));
    return [outputOf(answer, "doubled"), outputOf(answer, "columns")].map((output) => [output?.shape, output?.data]);
  };

  test("are computed as JSON, flat or nested, as bytes and over gRPC", async () => {
    const noRows = [
      [[0, 3], []],
      [[3], [0, 0, 0]],
    ];
    expect(await doubled([0, 3], "[]")).toEqual(noRows);
    expect(await doubled([2, 0], "[[],[]]")).toEqual([
      [[2, 0], []],
      [[0], []],
    ]);
    const sized = '{"inputs":[{"name":"x","datatype":"FP32","shape":[0,3],"parameters":{"binary_data_size":0}}]}';
    const binary = await postBinary(urlOf(sums), sized, []);
    expect(JSON.parse(binary.json).outputs).toMatchObject([{ shape: [0, 3] }, { shape: [3], data: [0, 0, 0] }]);
    const input = { name: "x", datatype: "FP32", shape: [0, 3] };
    for (const reply of [await grpc(sums, input, Buffer.of()), await grpc(sums, { ...input, contents: {} })]) {
      expect(reply.answer.raw_output_contents).toEqual([Buffer.of(), bytesOf(new Float32Array(3))]);
    }
    expect(await dataOf(text, one("BYTES", [0], "[]"))).toBe("[]");
  });

  test("neither change nor fail the requests that arrive with them", async () => {
    const all = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const isEmpty = i % 2 === 0;
        const answer = await infer(log.url, JSON.parse(one("FP32", [isEmpty ? 0 : 1], isEmpty ? "[]" : "[1]")));
        return outputOf(answer, "y");
      }),
    );
    all.forEach((y, i) => expect(y).toMatchObject(i % 2 === 0 ? { shape: [0], data: [] } : { shape: [1], data: [0] }));
  });

  test("cannot be used to allocate what the limit on elements forbids", async () => {
    expect(await refusalOf(post(urlOf(sums), one("FP32", [0, 4e9], "[]")))).toEqual([
      400,
      expect.stringMatching(/shape \[0, 4000000000\] has more elements than 16777216/),
    ]);
  });
});
