import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fastifyFolder, pythonEnvironment } from "./environments";
import type { GrpcCall, Request } from "./load";
import type { Program } from "./pinned-process";
import { binaryRequest, grpcCall, jsonRequest } from "./request";

/** A server and one kind of request to it. */
export interface Contender {
  readonly name: string;
  /** Contenders of the same program share one process. */
  readonly program: Program;
  readonly ask: Request | GrpcCall;
}

export const DIGITS = resolve("examples/digits-canary/models/digits/1.1.0/model.onnx");
const PEERS = resolve("test/bench/serving/peers");
const MAIN = resolve("serving-image/dist/main.js");

/** Our server; the settings override those of the benchmark. */
export function slipway(port: number, scratch: string, settings: object = {}): Program {
  const config = join(scratch, `slipway-${port}.json`);
  const model = { name: "digits", version: "1.1.0", uri: DIGITS, root: join(scratch, `models-${port}`) };
  const http = { host: "127.0.0.1", port };
  writeFileSync(config, JSON.stringify({ http, grpc: { port: port + 1 }, model, ...settings }));
  return {
    command: [process.execPath, MAIN],
    environment: { SLIPWAY_CONFIG: config },
    ready: `http://127.0.0.1:${port}/ready`,
  };
}

/** Our server, with three kinds of requests: one process for each kind, and one process for all of them. */
export function ours(port: number, scratch: string): Contender[] {
  const [json, binary, grpc, all] = [port, port + 2, port + 4, port + 6];
  const programOf = (own: number): Program => slipway(own, scratch);
  const calls = programOf(grpc);
  const shared = programOf(all);
  return [
    { name: "slipway, JSON", program: programOf(json), ask: jsonRequest(json) },
    { name: "slipway, binary", program: programOf(binary), ask: binaryRequest(binary) },
    { name: "slipway, gRPC", program: calls, ask: grpcCall(grpc + 1) },
    { name: "slipway, gRPC over one connection", program: calls, ask: grpcCall(grpc + 1, true) },
    { name: "slipway, JSON among all kinds", program: shared, ask: jsonRequest(all) },
    { name: "slipway, binary among all kinds", program: shared, ask: binaryRequest(all) },
    { name: "slipway, gRPC among all kinds", program: shared, ask: grpcCall(all + 1) },
  ];
}

/** node:http that returns the bytes of a file for every request: the ceiling. */
export function bareNode(port: number, answer: string): Contender {
  return ceiling("node:http, no model", port, [answer]);
}

/** The same with fastify. */
export function bareFastify(port: number, answer: string): Contender {
  return ceiling("fastify, no model", port, [answer, fastifyFolder()]);
}

/** node:http that also parses every request and writes the same answer to all as JSON. */
export function jsonNode(port: number, answer: string): Contender {
  return {
    ...ceilingOf("json-ceiling.js", port, [answer]),
    name: "node:http with JSON, no model",
    ask: jsonRequest(port),
  };
}

/** node:http2 that returns the same bytes and trailers for every call, over one connection for each call and over one for all. */
export function bareHttp2(port: number): Contender[] {
  const shared = ceilingOf("http2-ceiling.js", port, []);
  return [false, true].map((isShared) => ({
    ...shared,
    name: `node:http2, no model${isShared ? ", over one connection" : ""}`,
    ask: grpcCall(port + 1, isShared),
  }));
}

function ceilingOf(script: string, port: number, rest: readonly string[]): Pick<Contender, "program"> {
  const command = [process.execPath, join(__dirname, script), String(port), ...rest] as const;
  return { program: { command, ready: `http://127.0.0.1:${port}/` } };
}

function ceiling(name: string, port: number, rest: readonly string[]): Contender {
  return { ...ceilingOf("ceiling.js", port, rest), name, ask: jsonRequest(port) };
}

export function fastApi(port: number): Contender {
  const python = join(pythonEnvironment("fastapi"), "bin/python");
  return peer("FastAPI", port, [python, join(PEERS, "fastapi_server.py"), String(port)], "/docs");
}

export function kserve(port: number): Contender {
  const python = join(pythonEnvironment("kserve"), "bin/python");
  return peer("KServe", port, [python, join(PEERS, "kserve_server.py"), String(port)], "/v2/health/ready");
}

export function mlserver(port: number, scratch: string): Contender {
  const folder = join(scratch, "mlserver");
  mkdirSync(folder);
  for (const file of ["mlserver_model.py", "session.py"]) copyFileSync(join(PEERS, file), join(folder, file));
  const ports = { http_port: port, grpc_port: port + 1, metrics_port: port + 2 };
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...ports, host: "127.0.0.1", parallel_workers: 0 }));
  const model = { name: "digits", implementation: "mlserver_model.Digits", parameters: { version: "1.1.0" } };
  writeFileSync(join(folder, "model-settings.json"), JSON.stringify(model));
  const command = [join(pythonEnvironment("mlserver"), "bin/mlserver"), "start", folder] as const;
  return peer("MLServer", port, command, "/v2/health/ready", folder);
}

function peer(name: string, port: number, command: Program["command"], ready: string, folder?: string): Contender {
  const environment = { MODEL_FILE: DIGITS, PYTHONDONTWRITEBYTECODE: "1", ...(folder && { PYTHONPATH: folder }) };
  const program = { command, environment, ready: `http://127.0.0.1:${port}${ready}`, ...(folder && { folder }) };
  return { name, program, ask: jsonRequest(port) };
}
