/**
 * What the prediction cache costs and saves: CPU of hits and of misses in memory, Redis and memcached, compared with the
 * model without a cache, for a model of milliseconds and one of microseconds; a Zipf replay; Redis that hangs. The server
 * has one core, the load and the cache servers another. Needs Linux with two cores and wrk; redis-server and memcached
 * if they are to be measured. Run by `npm run bench:cache`; takes some minutes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startCacheServers, stopCacheServers, type CacheServer } from "./cache/cache-servers";
import { contendersFor, type CacheContender } from "./cache/contenders";
import { COMPUTED, hangingRow, replayRow, rowsOf } from "./cache/goals";
import { replayZipf } from "./cache/replay";
import { median, reportBench, type BenchRow } from "./report";
import { DIGITS, slipway } from "./serving/contenders";
import { twoCores } from "./serving/cores";
import { loadHttp, type LoadResult } from "./serving/load";
import { PinnedProcess } from "./serving/pinned-process";
import { measure, type Running } from "./serving/rounds";

const [ROUNDS, SECONDS, CONNECTIONS] = [5, 2, 16];
const [CACHE_PORTS, SERVER_PORTS, REPLAY_PORT] = [18_690, 18_600, 18_680];
/** Room for about half of the items that the replay requests. */
const REPLAY_BYTES = 2_000_000;

/** Longer than the time until a cache that was bypassed is tried again. */
const RECOVERY_MS = 1500;

const scratch = mkdtempSync(join(tmpdir(), "slipway-bench-cache-"));
const [core, loadCore] = twoCores();
const processes: PinnedProcess[] = [];
let servers: CacheServer[] = [];

async function main(): Promise<void> {
  servers = await startCacheServers(loadCore, CACHE_PORTS, scratch);
  const kinds = [{ name: COMPUTED }, { name: "memory", cache: { memory: {} } }, ...servers.map(({ kind }) => kind)];
  const contenders = contendersFor(kinds, scratch, SERVER_PORTS);
  const running: (Running & CacheContender)[] = [];
  for (const contender of contenders) running.push({ ...contender, process: await start(contender.program) });
  const measured = await measure(
    running,
    { connections: CONNECTIONS, seconds: SECONDS, core: loadCore },
    ROUNDS,
    scratch,
  );
  const isAdvisedAgainst = ({ name }: CacheContender): boolean =>
    running.some((one) => one.name === name && one.process.said("the cache takes longer than the model"));
  const rows = rowsOf(contenders, measured, isAdvisedAgainst);
  rows.push(...(await whileHanging(running)), await replay());
  console.table(
    measured.map(({ name, requestsPerSecond, p50, p99, cpu, failed }) => ({
      name,
      requestsPerSecond,
      p50,
      p99,
      cpu,
      failed,
    })),
  );
  reportBench("cache", rows, { measured });
}

async function start(program: CacheContender["program"]): Promise<PinnedProcess> {
  const started = await PinnedProcess.start(program, core);
  processes.push(started);
  return started;
}

/** The slow model while each cache server hangs: the effect on requests. */
async function whileHanging(running: readonly (Running & CacheContender)[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { kind, process } of servers) {
    const contender = running.find((one) => one.model === "slow" && one.kind === kind.name && one.isNew);
    if (!contender) continue;
    const usual: LoadResult[] = [];
    const hanging: LoadResult[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      usual.push(await loadOnce(contender));
      process.kill("SIGSTOP");
      hanging.push(await loadOnce(contender));
      process.kill("SIGCONT");
      await delay(RECOVERY_MS);
    }
    const failed = hanging.reduce((sum, result) => sum + result.failed, 0);
    rows.push(
      hangingRow(kind.name, failed, median(hanging.map(({ p99 }) => p99)), median(usual.map(({ p99 }) => p99))),
    );
  }
  return rows;
}

function loadOnce({ ask }: CacheContender): Promise<LoadResult> {
  if ("grpc" in ask) throw new Error("The cache is measured over HTTP.");
  return loadHttp(ask, { connections: 1, seconds: SECONDS, core: loadCore }, scratch);
}

async function replay(): Promise<BenchRow> {
  const model = { name: "digits", version: "1.1.0", uri: DIGITS, root: join(scratch, "models-replay") };
  const settings = { grpc: { enabled: false }, model, cache: { memory: { maxBytes: REPLAY_BYTES } } };
  await start(slipway(REPLAY_PORT, scratch, settings));
  return replayRow("memory", REPLAY_BYTES, await replayZipf(`http://127.0.0.1:${REPLAY_PORT}`));
}

main()
  .finally(() => Promise.all([...processes.map((one) => one.stop()), stopCacheServers(servers)]))
  .finally(() => rmSync(scratch, { recursive: true, force: true }))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
