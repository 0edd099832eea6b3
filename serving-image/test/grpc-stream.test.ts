import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { bytesOf } from "./support/binary";
import { GrpcClient } from "./support/grpc-client";
import { samples } from "./support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "./support/server-process";

let server: ServerProcess;
let client: GrpcClient;

beforeAll(async () => {
  server = await serve(digits("1.1.0"));
  client = new GrpcClient(server.grpcPort);
});
afterAll(async () => {
  client.close();
  await cleanUp();
});

const requestFor = (i: number): object => ({
  model_name: "digits",
  id: String(i),
  inputs: [{ name: "image", datatype: "FP32", shape: [1, 64] }],
  outputs: [{ name: "label" }],
  raw_input_contents: [bytesOf(Float32Array.from(samples[i % samples.length]?.inputs.image ?? []))],
});
const labelOf = (i: number): Buffer =>
  bytesOf(BigInt64Array.from(samples[i % samples.length]?.expected["1.1.0"]?.label ?? [], BigInt));

test("answers the requests of a stream in order, and an invalid one does not end the stream", async () => {
  const stream = client.stream();
  for (let i = 0; i < 300; i++)
    stream.send(i === 150 ? { ...requestFor(i), inputs: [], raw_input_contents: [] } : requestFor(i));
  stream.end();
  expect(await stream.ended).toBe(status.OK);
  expect(stream.replies.map(({ infer_response }) => infer_response.id)).toEqual(
    stream.replies.map((_, i) => String(i)),
  );
  expect(stream.replies).toHaveLength(300);
  const [refused] = stream.replies.splice(150, 1);
  expect(refused?.error_message).toMatch(/Input "image" is missing/);
  expect(stream.replies.map(({ error_message }) => error_message)).toEqual(Array(299).fill(""));
  const labels = stream.replies.map(({ infer_response }) => infer_response.raw_output_contents[0]);
  expect(labels).toEqual(Array.from({ length: 300 }, (_, i) => labelOf(i)).toSpliced(150, 1));
});

test("a server that stops answers the requests of a stream, then ends it", async () => {
  const stream = client.stream();
  stream.send(requestFor(0));
  while (stream.replies.length === 0) await delay(5);
  expect(await server.stop("SIGTERM")).toBe(0);
  expect(await stream.ended).toBe(status.UNAVAILABLE);
  expect(stream.replies).toHaveLength(1);
});
