import { readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { requestFor } from "../support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "../support/server-process";

/** How the server was at one moment. */
interface Look {
  readonly minute: number;
  readonly megabytes: number;
  readonly descriptors: number;
}

const CLIENTS = 8;
const CALIBRATION_SECONDS = 5;
const LOOK_EVERY_SECONDS = 10;
const PATH = "/v2/models/digits/infer";
/** Memory may grow so much in the second half of the time: the collector comes when it likes. */
const GROWTH = 1.1;

/**
 * `npm run soak:serving [MINUTES] [LOAD]`: a steady share of the requests that the server can take, while its memory and
 * its open descriptors are watched. One in fifty is malformed, and one in fifty comes over a connection of its own.
 */
async function main(minutes: number, load: number): Promise<void> {
  const server = await serve(digits("1.1.0"));
  const bodies = Array.from({ length: 50 }, (_, i) => JSON.stringify(requestFor(i)));
  const full = (await send(server, bodies, Infinity, CALIBRATION_SECONDS)) / CALIBRATION_SECONDS;
  const rate = Math.round(full * load);
  console.log(`It takes ${Math.round(full)} requests/s; ${rate} are sent for ${minutes} min.`);
  const looks: Look[] = [];
  const since = Date.now();
  const looking = setInterval(() => {
    const look = lookAt(server, (Date.now() - since) / 60_000);
    looks.push(look);
    console.log(`${look.minute.toFixed(1)} min: ${look.megabytes.toFixed(1)} MB, ${look.descriptors} descriptors`);
  }, LOOK_EVERY_SECONDS * 1000);
  const answered = await send(server, bodies, rate, minutes * 60);
  clearInterval(looking);
  const code = await server.stop("SIGTERM");
  report(looks, answered, code);
}

function report(looks: readonly Look[], answered: number, code: number | null): void {
  // The first quarter warms up.
  const steady = looks.slice(Math.floor(looks.length / 4));
  const half = Math.floor(steady.length / 2);
  const [before, after] = [steady.slice(0, half), steady.slice(half)];
  const [from, to] = [medianOf(before, "megabytes"), medianOf(after, "megabytes")];
  const [few, many] = [medianOf(before, "descriptors"), medianOf(after, "descriptors")];
  console.log(
    `${answered} answered; memory ${from.toFixed(1)} → ${to.toFixed(1)} MB, descriptors ${few} → ${many}; exit ${code}`,
  );
  if (to > from * GROWTH || many > few + CLIENTS || code !== 0) process.exitCode = 1;
}

function medianOf(looks: readonly Look[], what: "megabytes" | "descriptors"): number {
  const values = looks.map((look) => look[what]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? NaN;
}

function lookAt({ pid }: ServerProcess, minute: number): Look {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { minute, megabytes: Number(kilobytes) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** Sends requests for so long, at most so many a second; resolves with how many were answered as they should be. */
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
