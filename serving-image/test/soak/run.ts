import { readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { requestFor } from "../support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "../support/server-process";

/** One measurement of the server. */
interface Measurement {
  readonly minute: number;
  readonly megabytes: number;
  readonly descriptors: number;
}

const CLIENTS = 8;
const CALIBRATION_SECONDS = 5;
const MEASURE_EVERY_SECONDS = 10;
const PATH = "/v2/models/digits/infer";
/** Allowed growth of memory in the second half, since garbage collection is irregular. */
const MAX_GROWTH = 1.1;

/**
 * `npm run soak:serving [MINUTES] [LOAD]`: sends a constant share of the requests that the server can handle, and monitors
 * its memory and its open file descriptors. One in fifty is malformed, and one in fifty uses a new connection.
 */
async function main(minutes: number, load: number): Promise<void> {
  const server = await serve(digits("1.1.0"));
  const bodies = Array.from({ length: 50 }, (_, i) => JSON.stringify(requestFor(i)));
  const full = (await send(server, bodies, Infinity, CALIBRATION_SECONDS)) / CALIBRATION_SECONDS;
  const rate = Math.round(full * load);
  console.log(`Capacity: ${Math.round(full)} requests/s; sending ${rate} requests/s for ${minutes} min.`);
  const measurements: Measurement[] = [];
  const since = Date.now();
  const timer = setInterval(() => {
    const measurement = measure(server, (Date.now() - since) / 60_000);
    measurements.push(measurement);
    console.log(
      `${measurement.minute.toFixed(1)} min: ${measurement.megabytes.toFixed(1)} MB, ${measurement.descriptors} descriptors`,
    );
  }, MEASURE_EVERY_SECONDS * 1000);
  const answered = await send(server, bodies, rate, minutes * 60);
  clearInterval(timer);
  const code = await server.stop("SIGTERM");
  report(measurements, answered, code);
}

function report(measurements: readonly Measurement[], answered: number, code: number | null): void {
  // The first quarter is warm-up.
  const steady = measurements.slice(Math.floor(measurements.length / 4));
  const half = Math.floor(steady.length / 2);
  const [before, after] = [steady.slice(0, half), steady.slice(half)];
  const [from, to] = [medianOf(before, "megabytes"), medianOf(after, "megabytes")];
  const [few, many] = [medianOf(before, "descriptors"), medianOf(after, "descriptors")];
  console.log(
    `${answered} answered; memory ${from.toFixed(1)} → ${to.toFixed(1)} MB, descriptors ${few} → ${many}; exit ${code}`,
  );
  if (to > from * MAX_GROWTH || many > few + CLIENTS || code !== 0) process.exitCode = 1;
}

function medianOf(measurements: readonly Measurement[], what: "megabytes" | "descriptors"): number {
  const values = measurements.map((measurement) => measurement[what]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? NaN;
}

function measure({ pid }: ServerProcess, minute: number): Measurement {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { minute, megabytes: Number(kilobytes) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** Sends requests at a limited rate for some time; resolves with the number of correct answers. */
async function send(server: ServerProcess, bodies: readonly string[], rate: number, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const [start, end] = [Date.now(), Date.now() + seconds * 1000];
  let sent = 0;
  let answered = 0;
  const client = async (): Promise<void> => {
    while (Date.now() < end) {
      const ahead = (sent / rate) * 1000 - (Date.now() - start);
      if (ahead > 0) await delay(ahead);
      const number = sent++;
      const isMalformed = number % 50 === 7;
      const body = isMalformed ? '{"inputs":[{}]}' : (bodies[number % bodies.length] ?? "");
      const status = await statusOf(server.port, body, number % 50 === 19 ? new Agent() : agent);
      if (status !== (isMalformed ? 400 : 200)) throw new Error(`Request ${number} was answered with ${status}.`);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return answered;
}

function statusOf(port: number, body: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", method: "POST", path: PATH, agent });
    sent.on("response", (response) => response.resume().on("end", () => resolve(response.statusCode)));
    sent.on("error", reject);
    sent.end(body);
  });
}

void main(Number(process.argv[2] ?? 30), Number(process.argv[3] ?? 0.7)).finally(cleanUp);
