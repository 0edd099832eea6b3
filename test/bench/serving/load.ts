import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
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

/** The same over gRPC, with our own client, because wrk does not support it. */
export async function loadGrpc(address: string, { connections, seconds, core }: LoadSettings): Promise<LoadResult> {
  const client = [process.execPath, join(__dirname, "grpc-client.js"), address, String(connections), String(seconds)];
  return lastLineOf(await run("taskset", ["-c", String(core), ...client]));
}

function lastLineOf({ stdout }: { stdout: string }): LoadResult {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
