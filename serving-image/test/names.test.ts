import { bytesOf, postBinary } from "./support/binary";
import { infer, jsonOf, outputOf, post } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { cleanUp, serve, type ServerProcess, tiny } from "./support/server-process";
import type { ServerSettings } from "../src/config/settings";

afterAll(cleanUp);

const input = (name: string, data: readonly number[]): object => ({ name, datatype: "FP32", shape: [1, 2], data });
const REQUEST = { inputs: [input("__proto__", [1, 2]), input("toString", [3, 4])] };
const EXPECTED = { constructor: [-1, -2], "__proto__ out": [-3, -4], hasOwnProperty: [4, 6] };

const settings: [string, ServerSettings][] = [
  ["on the event loop", {}],
  ["in worker threads", { workers: { aboveSeconds: 0, count: 1 } }],
  ["with a cache", { cache: { memory: {} } }],
];

test.each(settings)("tensors can be called like members that every object inherits, %s", async (_where, more) => {
  const server = await serve(tiny("names"), more);
  const all = await Promise.all(Array.from({ length: 8 }, () => infer(server.url, REQUEST)));
  for (const answer of [...all, await infer(server.url, REQUEST)]) {
    for (const [name, data] of Object.entries(EXPECTED)) expect(outputOf(answer, name)?.data).toEqual(data);
  }
  const outputs = [{ name: "hasOwnProperty" }];
  expect((await infer(server.url, { ...REQUEST, outputs })).outputs).toMatchObject([{ data: [4, 6] }]);
  await expectOtherFormats(server);
});

async function expectOtherFormats(server: ServerProcess): Promise<void> {
  const instance = '{"instances":[{"__proto__":[1,2],"toString":[3,4]}]}';
  const { predictions } = await jsonOf(await post(`${server.url}/v1/models/digits:predict`, instance));
  expect((predictions as unknown[])[0]).toEqual(EXPECTED);
  const json = JSON.stringify({
    inputs: ["__proto__", "toString"].map((name) => ({
      ...input(name, []),
      data: undefined,
      parameters: { binary_data_size: 8 },
    })),
  });
  const tensors = [bytesOf(Float32Array.of(1, 2)), bytesOf(Float32Array.of(3, 4))];
  const binary = await postBinary(`${server.url}/v2/models/digits/infer`, json, tensors);
  expect(binary.outputs.get("constructor")).toMatchObject({ data: [-1, -2] });
  const client = new GrpcClient(server.grpcPort);
  const named = ["__proto__", "toString"].map((name) => ({ name, datatype: "FP32", shape: [1, 2] }));
  const { answer } = await client.infer({ inputs: named, raw_input_contents: tensors });
  client.close();
  expect(answer.raw_output_contents).toEqual(Object.values(EXPECTED).map((data) => bytesOf(Float32Array.from(data))));
}

test("an output can be called __proto__", async () => {
  const server = await serve(tiny("prototype"));
  const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [1] }] };
  expect((await infer(server.url, body)).outputs).toMatchObject([{ name: "__proto__", data: [-1] }]);
});
