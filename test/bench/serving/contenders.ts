import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fastifyFolder, pythonEnvironment } from "./environments";
import type { Request } from "./load";
import type { Program } from "./pinned-process";
import { binaryRequest, jsonRequest } from "./request";

/** A server and one kind of request to it. */
export interface Contender {
  readonly name: string;
  /** Contenders of the same program share one process. */
  readonly program: Program;
  /** The request; over gRPC an address. */
  readonly ask: Request | { readonly grpc: string };
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
  const shared = programOf(all);
  return [
    { name: "slipway, JSON", program: programOf(json), ask: jsonRequest(json) },
    { name: "slipway, binary", program: programOf(binary), ask: binaryRequest(binary) },
    { name: "slipway, gRPC", program: programOf(grpc), ask: { grpc: `127.0.0.1:${grpc + 1}` } },
    { name: "slipway, JSON among all kinds", program: shared, ask: jsonRequest(all) },
    { name: "slipway, binary among all kinds", program: shared, ask: binaryRequest(all) },
    { name: "slipway, gRPC among all kinds", program: shared, ask: { grpc: `127.0.0.1:${all + 1}` } },
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

function ceiling(name: string, port: number, rest: readonly string[]): Contender {
  const command = [process.execPath, join(__dirname, "ceiling.js"), String(port), ...rest] as const;
  return { name, program: { command, ready: `http://127.0.0.1:${port}/` }, ask: jsonRequest(port) };
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
