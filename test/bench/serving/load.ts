import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The results of one round of load. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 2xx, and broken connections. */
  readonly failed: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** A request that is sent over and over; without a body it is a GET. */
export interface Request {
  readonly url: string;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Lua that makes a new body for every request, instead of `body`. */
  readonly script?: string;
}

export interface LoadSettings {
  readonly connections: number;
  readonly seconds: number;
  readonly core: number;
}

/** Lua that prints the results of wrk as one line of JSON. */
const REPORT = `
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format('{"requests":%d,"seconds":%f,"failed":%d,"p50":%f,"p95":%f,"p99":%f}', summary.requests,
    summary.duration / 1e6, failed, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
`;

let scripts = 0;

/** Sends a request as fast as it is answered, over a number of connections, with wrk. */
export async function loadHttp(request: Request, settings: LoadSettings, scratch: string): Promise<LoadResult> {
  const script = join(scratch, `load-${scripts++}.lua`);
  const lines = Object.entries(request.headers ?? {}).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  if (request.body) {
    const body = `${script}.body`;
    writeFileSync(body, request.body);
    lines.push('wrk.method = "POST"', `local file = io.open("${body}", "rb")`, 'wrk.body = file:read("*a")');
  }
  writeFileSync(script, [...lines, request.script, REPORT].join("\n"));
  const { connections, seconds, core } = settings;
  const wrk = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", script, request.url];
  return lastLineOf(await run("taskset", ["-c", String(core), ...wrk]));
}

/** Calls that are sent over and over. */
export interface GrpcCall {
  /** The URL of the method. */
  readonly grpc: string;
  /** A message without its prefix. */
  readonly message: Buffer;
  /**
   * Whether all calls share one connection. Otherwise each has its own.
   * @default false
   */
  readonly isShared?: boolean;
}

/** The same over gRPC, with h2load: a client in Node would need more CPU than the server. */
export async function loadGrpc(call: GrpcCall, settings: LoadSettings, scratch: string): Promise<LoadResult> {
  const file = join(scratch, `load-${scripts++}`);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(call.message.length, 1);
  writeFileSync(`${file}.body`, Buffer.concat([prefix, call.message]));
  const { connections, seconds, core } = settings;
  const [clients, streams] = call.isShared ? [1, connections] : [connections, 1];
  const headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"];
  const load = ["-t1", `-c${clients}`, `-m${streams}`, `-D${seconds}`, `--log-file=${file}.log`, "-d", `${file}.body`];
  await run("taskset", ["-c", String(core), "h2load", ...load, ...headers, call.grpc]);
  return summaryOf(readFileSync(`${file}.log`, "utf8"), seconds);
}

/** Each line of h2load's log has the start of a request, its status, and how long it took in microseconds. */
function summaryOf(log: string, seconds: number): LoadResult {
  const lines = log.trim().split("\n");
  const rows = lines.map((line) => line.split("\t"));
  const times = rows.map(([, , time]) => Number(time) / 1000).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  const failed = rows.filter(([, status]) => status !== "200").length;
  return { requests: times.length, seconds, failed, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function lastLineOf({ stdout }: { stdout: string }): LoadResult {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
