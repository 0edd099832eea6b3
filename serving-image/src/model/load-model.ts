import type { ModelConfig, ServerConfig } from "../config/settings";
import { type Log, secondsSince } from "../core/log";
import { type BatchingPlan, describePlan, planBatching } from "./batching-plan";
import { verifySha256 } from "./files/checksum";
import { measureRun } from "./measure-run";
import { loadSession, type ModelSession, onEventLoop } from "./session";
import { type SampleInputs, warmUp } from "./warm-up";
import { type StartedPool, WorkerPool } from "./workers/worker-pool";

/** A model that is loaded and warm, on the event loop or in worker threads. */
export interface LoadedModel {
  readonly session: ModelSession;
  readonly plan: BatchingPlan;
  /** Inputs that the model accepts. */
  readonly sample: SampleInputs;
  /** Duration of a run with the largest batch. */
  readonly runSeconds: number;
}

type LoadSettings = Pick<ServerConfig, "batching" | "workers">;

/** Loading blocks the event loop, so only a model that loads faster than this runs there. */
const LOAD_IN_LOOP_SECONDS = 0.01;

/**
 * Loads and warms up a model in a worker thread, then decides from the measured times where it serves: on the event loop or
 * in worker threads.
 */
export async function loadModel(
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  model: ModelConfig,
  { batching, workers }: LoadSettings,
  log: Log,
): Promise<LoadedModel> {
  const loadStartedAt = performance.now();
  const pool = await WorkerPool.start({ path, sha256, threads: model.threads }, log);
  try {
    const { threads } = model;
    log.info({ path, threads, seconds: secondsSince(loadStartedAt), loadSeconds: pool.loadSeconds }, "model loaded");
    const warmUpStartedAt = performance.now();
    const sample = await warmUp(pool, model);
    const plan = await planBatching(pool, sample, batching, pool.graph.rows);
    log.info({ model: model.name, version: model.version, ...plan }, describePlan(plan));
    const runSeconds = await measureRun(pool, sample, plan.maxRows);
    const placement = placementOf(pool, runSeconds, workers);
    log.info({ seconds: secondsSince(warmUpStartedAt), batching: plan, runSeconds, ...placement }, "model warmed up");
    if (placement.computesIn === "worker threads") {
      await pool.grow(workers.count);
      return { session: pool, plan, sample, runSeconds };
    }
    await verifySha256(path, sha256);
    const own = await loadSession(path, model.threads);
    await warmUp(own, model);
    await pool.release();
    return { session: onEventLoop(own, runSeconds), plan, sample, runSeconds };
  } catch (error) {
    await pool.release();
    throw error;
  }
}

interface Placement {
  readonly computesIn: "event loop" | "worker threads";
  readonly reason: string;
  readonly workers?: number;
}

function placementOf(
  { loadSeconds }: StartedPool,
  runSeconds: number,
  { count, aboveSeconds }: ServerConfig["workers"],
): Placement {
  const isLongRun = runSeconds > aboveSeconds;
  if (!isLongRun && loadSeconds <= LOAD_IN_LOOP_SECONDS) {
    return { computesIn: "event loop", reason: `a run takes at most ${aboveSeconds} s` };
  }
  const reason = isLongRun
    ? `a run takes over ${aboveSeconds} s`
    : `loading it would block the event loop for over ${LOAD_IN_LOOP_SECONDS} s`;
  return { computesIn: "worker threads", reason, workers: count };
}
