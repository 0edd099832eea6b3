import { Client, credentials, status } from "@grpc/grpc-js";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerProcess } from "../support/server-process";
import { FuzzRandom } from "./fuzz-random";
import { malformed, type Malformed } from "./malformed";

/** Counts of the outcomes: HTTP and gRPC statuses, closed connections, missing answers. */
export type Outcomes = Map<string, number>;

/** Shorter than usual, since a server does not answer an incomplete request. */
const RAW_TIMEOUT_MS = 100;
const TIMEOUT_MS = 10_000;

/** Sends malformed requests, several at a time. */
export class Fuzzer {
  readonly outcomes: Outcomes = new Map();
  /** Outcomes that a server must never cause, with their requests. */
  readonly failures: string[] = [];
  private readonly random: FuzzRandom;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });
  private readonly grpc: Client;

  constructor(
    private readonly server: ServerProcess,
    seed: number,
  ) {
    this.random = new FuzzRandom(seed);
    this.grpc = new Client(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
  }

  async run(count: number, atATime: number): Promise<void> {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await this.sendOne(malformed(this.random));
    };
    await Promise.all(Array.from({ length: atATime }, worker));
  }

  close(): void {
    this.agent.destroy();
    this.grpc.close();
  }

  private async sendOne(one: Malformed): Promise<void> {
    const outcome = await this.send(one);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    if (!isHarmless(outcome)) this.failures.push(`${outcome}: ${describe(one)}`);
  }

  private send(one: Malformed): Promise<string> {
    if (one.kind === "raw") return sendRaw(one.port === "http" ? this.server.port : this.server.grpcPort, one);
    return one.kind === "http" ? this.sendHttp(one) : this.sendGrpc(one);
  }

  private sendHttp({ path, headers, body }: Malformed & { kind: "http" }): Promise<string> {
    const { port } = this.server;
    return new Promise((resolve) => {
      const sent = request({ port, host: "127.0.0.1", method: "POST", path, headers, agent: this.agent });
      sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error("no answer")));
      sent.on("response", (response) => response.resume().on("end", () => resolve(`HTTP ${response.statusCode}`)));
      sent.on("error", (error) => resolve(`HTTP ${error.message}`));
      sent.end(body);
    });
  }

  private sendGrpc({ path, message }: Malformed & { kind: "grpc" }): Promise<string> {
    const asIs = (bytes: Buffer): Buffer => bytes;
    const deadline = Date.now() + TIMEOUT_MS;
    return new Promise((resolve) => {
      this.grpc.makeUnaryRequest(path, asIs, asIs, message, { deadline }, (error) => {
        const isUnreadable = error?.code === status.INTERNAL && /deserializing/.test(error.details);
        resolve(isUnreadable ? "gRPC unreadable message" : `gRPC ${status[error?.code ?? status.OK]}`);
      });
    });
  }
}

/** 5xx, INTERNAL, or no answer to a complete request is an error of the server. */
function isHarmless(outcome: string): boolean {
  if (outcome.startsWith("raw")) return !/ 5\d\d$/.test(outcome);
  return /^HTTP [24]\d\d$|^gRPC (OK|INVALID_ARGUMENT|NOT_FOUND|PERMISSION_DENIED|UNIMPLEMENTED|RESOURCE_EXHAUSTED|unreadable)/.test(
    outcome,
  );
}

function describe(one: Malformed): string {
  if (one.kind === "raw") return `${one.port} ${one.bytes.toString("latin1").slice(0, 300)}`;
  if (one.kind === "http")
    return `${one.path} ${JSON.stringify(one.headers)} ${one.body.toString("latin1").slice(0, 300)}`;
  return `${one.path} ${one.message.toString("base64").slice(0, 300)}`;
}

/** Sends raw bytes, and waits for a first answer, the end of the connection, or a timeout. */
function sendRaw(port: number, { port: name, bytes }: Malformed & { kind: "raw" }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const end = (outcome: string): void => {
      resolve(`raw ${name} ${outcome}`);
      socket.destroy();
    };
    const timer = setTimeout(() => end("open"), RAW_TIMEOUT_MS);
    socket.on("close", () => clearTimeout(timer));
    socket.on("data", (chunk: Buffer) => {
      const [, code] = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString("latin1")) ?? [];
      end(code ?? "answered");
    });
    socket.on("error", () => end("closed"));
    socket.on("end", () => end("closed"));
  });
}

/** The median duration of good requests, in seconds, which are sent until it is stopped. */
export async function goodLatency(server: ServerProcess, body: string, isOver: () => boolean): Promise<number> {
  const times: number[] = [];
  const url = `${server.url}/v2/models/digits/infer`;
  while (!isOver()) {
    const since = performance.now();
    const response = await fetch(url, { method: "POST", body });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`A good request was answered with ${response.status}: ${text}`);
    times.push((performance.now() - since) / 1000);
    await delay(2);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? NaN;
}
