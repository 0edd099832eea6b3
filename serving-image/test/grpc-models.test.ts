import { status } from "@grpc/grpc-js";
import { bytesOf } from "./support/binary";
import { GrpcClient, type Reply } from "./support/grpc-client";
import { cleanUp, digits, scratch, serve } from "./support/server-process";

const clients: GrpcClient[] = [];
const clientOf = (port: number): GrpcClient => {
  const client = new GrpcClient(port);
  clients.push(client);
  return client;
};

afterAll(async () => {
  for (const client of clients) client.close();
  await cleanUp();
});

const infer = (client: GrpcClient): Promise<Reply> =>
  client.infer({
    inputs: [{ name: "image", datatype: "FP32", shape: [2, 64] }],
    raw_input_contents: [bytesOf(new Float32Array(128))],
  });

test("lists, unloads and loads models if the settings allow it", async () => {
  const root = scratch();
  const server = await serve(digits("1.1.0"), { model: { root }, repository: { control: true } });
  const client = clientOf(server.grpcPort);
  const states = async (ready: boolean): Promise<unknown> => (await client.call("RepositoryIndex", { ready })).answer;
  const served = { name: "digits", version: "1.1.0", state: "READY", reason: "" };
  expect(await states(true)).toEqual({ models: [served] });
  expect((await client.call("RepositoryModelUnload", { model_name: "digits" })).code).toBe(status.OK);
  expect(await states(true)).toEqual({ models: [] });
  expect(await states(false)).toMatchObject({ models: [{ name: "digits", state: "UNAVAILABLE" }] });
  const parameters = { config: { string_param: "{}" } };
  const odd = await client.call("RepositoryModelLoad", { model_name: "digits", parameters });
  expect([odd.code, odd.details]).toEqual([
    status.INVALID_ARGUMENT,
    expect.stringMatching(/"config" is not supported/),
  ]);
  expect((await client.call("RepositoryModelLoad", { model_name: "digits" })).code).toBe(status.OK);
  expect(await states(true)).toEqual({ models: [served] });
  expect((await infer(client)).code).toBe(status.OK);
});

test("does not load or unload models unless the settings allow it, and reports statistics", async () => {
  const client = clientOf((await serve(digits("1.1.0"))).grpcPort);
  const unload = await client.call("RepositoryModelUnload", { model_name: "digits" });
  expect([unload.code, unload.details]).toEqual([
    status.PERMISSION_DENIED,
    expect.stringMatching(/repository\.control/),
  ]);
  await infer(client);
  const done = { name: "digits", version: "1.1.0", inference_count: "2", execution_count: "1" };
  for (const request of [{}, { name: "digits" }, { name: "digits", version: "1.1.0" }]) {
    const { answer } = await client.call("ModelStatistics", request);
    expect(answer).toMatchObject({ model_stats: [{ ...done, inference_stats: { success: { count: "1" } } }] });
  }
  expect((await client.call("ModelStatistics", { name: "letters" })).code).toBe(status.NOT_FOUND);
});
