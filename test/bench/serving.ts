/**
 * The serving image compared with bare node:http, FastAPI, MLServer and KServe, all in one run: each server on one core, the load
 * on another. Needs Linux with two cores, wrk, h2load, and Python for the peers, which are installed into SLIPWAY_BENCH_PEERS (else
 * a folder for temporary files). Run by `npm run bench:serving`; takes some minutes.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportBench } from "./report";
import {
  bareFastify,
  bareHttp2,
  bareNode,
  fastApi,
  jsonNode,
  kserve,
  mlserver,
  ours,
  type Contender,
} from "./serving/contenders";
import { twoCores } from "./serving/cores";
import { rowsOf } from "./serving/goals";
import { measureLargeModel, type LargeModelResult } from "./serving/large-model";
import { PinnedProcess, type Program } from "./serving/pinned-process";
import { jsonRequest } from "./serving/request";
import { measure, type Measured, type Running } from "./serving/rounds";

const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = [16, 64];

const scratch = mkdtempSync(join(tmpdir(), "slipway-bench-"));
const cores = twoCores();
const running = new Map<Program, PinnedProcess>();

async function main(): Promise<void> {
  checkTools();
  const own = await start(() => ours(18_400, scratch));
  const answer = join(scratch, "answer.json");
  const { url, body } = jsonRequest(18_400);
  const response = await fetch(url, { method: "POST", ...(body && { body: new Uint8Array(body) }) });
  writeFileSync(answer, await response.text());
  const contenders = [
    ...(await start(() => [bareNode(18_410, answer)])),
    ...(await start(() => [jsonNode(18_412, answer)])),
    ...(await start(() => bareHttp2(18_414))),
    ...own,
    ...(await start(() => [bareFastify(18_420, answer)])),
    ...(await start(() => [fastApi(18_430)])),
    ...(await start(() => [mlserver(18_440, scratch)])),
    ...(await start(() => [kserve(18_450)])),
  ];
  const measured: Measured[] = [];
  for (const connections of CONNECTIONS) {
    measured.push(...(await measure(contenders, { connections, seconds: SECONDS, core: cores[1] }, ROUNDS, scratch)));
  }
  await stopAll();
  const large = await largeModel();
  const all = [...measured, ...(large?.throughput ?? [])];
  console.table(all.map(shorten));
  reportBench("serving", rowsOf(measured, large), { measured: all.map(shorten) });
}

/** Starts the available peers; prints one line for each that is missing. */
async function start(make: () => readonly Contender[]): Promise<Running[]> {
  let name = "a peer";
  try {
    const started: Running[] = [];
    for (const contender of make()) {
      name = contender.name;
      const process = running.get(contender.program) ?? (await PinnedProcess.start(contender.program, cores[0]));
      running.set(contender.program, process);
      started.push({ ...contender, process });
    }
    return started;
  } catch (error) {
    process.stdout.write(`skipped: ${name}: ${firstLineOf(error)}\n`);
    return [];
  }
}

async function largeModel(): Promise<LargeModelResult | undefined> {
  try {
    return await measureLargeModel(cores, ROUNDS, SECONDS, scratch);
  } catch (error) {
    process.stdout.write(`skipped: the 30 MB model: ${firstLineOf(error)}\n`);
    return undefined;
  }
}

async function stopAll(): Promise<void> {
  await Promise.all([...running.values()].map((process) => process.stop()));
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

function checkTools(): void {
  try {
    execFileSync("which", ["wrk", "h2load", "taskset"]);
  } catch {
    throw new Error(
      "This benchmark needs wrk, h2load and taskset (Debian: apt-get install wrk nghttp2-client util-linux).",
    );
  }
}

function shorten(row: Measured): Measured {
  const short = (value: number): number => Number(value.toPrecision(3));
  const { requestsPerSecond, p50, p95, p99, cpu } = row;
  return {
    ...row,
    requestsPerSecond: Math.round(requestsPerSecond),
    ...{ p50: short(p50), p95: short(p95), p99: short(p99), cpu: short(cpu) },
  };
}

main()
  .finally(stopAll)
  .finally(() => rmSync(scratch, { recursive: true, force: true }))
  .catch((error: unknown) => {
    process.stderr.write(`${firstLineOf(error)}\n`);
    process.exitCode = 1;
  });
