import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { bytesOf } from "./support/binary";
import { GrpcClient } from "./support/grpc-client";
import { samples } from "./support/samples";
import { cleanUp, digits, serve } from "./support/server-process";

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

const REQUEST = {
  inputs: [{ name: "image", datatype: "FP32", shape: [1, 64] }],
  raw_input_contents: [bytesOf(Float32Array.from(samples[0]?.inputs.image ?? []))],
};

test("SIGTERM under load loses no call: every computed one is answered, and all others can be retried", async () => {
  const server = await serve(digits("1.1.0"), { log: { level: "debug" } });
  let answered = 0;
  const failures: status[] = [];
  const caller = async (): Promise<void> => {
    const client = clientOf(server.grpcPort);
    for (let code = status.OK; code === status.OK;) {
      code = (await client.infer(REQUEST)).code;
      if (code === status.OK) answered++;
      else failures.push(code);
    }
  };
  const callers = Array.from({ length: 16 }, caller);
  while (answered < 300) await delay(5);
  expect(await server.stop("SIGTERM")).toBe(0);
  await Promise.all(callers);
  expect(server.log.filter(({ msg, code }) => msg === "request" && code === 200)).toHaveLength(answered);
  expect(new Set(failures)).toEqual(new Set([status.UNAVAILABLE]));
});

test("health and readiness follow the server while it drains and still answers calls", async () => {
  const server = await serve(digits("1.1.0"), { drain: { delaySeconds: 1 } });
  const client = clientOf(server.grpcPort);
  const check = async (service?: string): Promise<unknown> => {
    const { code, answer } = await client.call("Check", { service }, client.health);
    return code === status.OK ? answer.status : code;
  };
  const services = ["", "inference.GRPCInferenceService", "letters"];
  expect(await Promise.all(services.map(check))).toEqual(["SERVING", "SERVING", status.NOT_FOUND]);
  const watch = client.watchHealth();
  while (watch.statuses.length === 0) await delay(5);
  const exit = server.stop("SIGTERM");
  await server.waitForLog("draining");
  expect(await Promise.all(services.map(check))).toEqual(["NOT_SERVING", "NOT_SERVING", status.NOT_FOUND]);
  expect((await client.call("ServerReady", {})).answer).toEqual({ ready: false });
  expect((await client.infer(REQUEST)).code).toBe(status.OK);
  expect(await watch.ended).toBe(status.UNAVAILABLE);
  expect(watch.statuses).toEqual(["SERVING", "NOT_SERVING"]);
  expect(await exit).toBe(0);
});
