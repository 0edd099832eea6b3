import type { ModelConfig, ServerConfig } from "../config/settings";
import { type Log, secondsSince } from "../core/log";
import { type BatchingPlan, planBatching } from "./batching";
import { checkSum } from "./files/sum";
import { measureRun } from "./run-time";
import { inLoop, loadSession, type ModelSession } from "./session";
import { type SampleInputs, warmUp } from "./warm-up";
import { type StartedPool, WorkerPool } from "./workers/worker-pool";

/** A model that is loaded, warm, and in the place where it serves. */
export interface LoadedModel {
  readonly session: ModelSession;
  readonly plan: BatchingPlan;
  /** Inputs that it computes with. */
  readonly sample: SampleInputs;
  /** How long a run takes with as many rows as may share one. */
  readonly runSeconds: number;
}

export type LoadSettings = Pick<ServerConfig, "batching" | "workers">;

/** Loading holds the event loop up, so only a model for which it is as short as this computes there. */
const LOAD_IN_LOOP_SECONDS = 0.01;

/**
 * Loads a model in a worker thread, computes with it for the first time there, and decides from what it took where it
 * serves: in the event loop, or in worker threads.
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
    const plan = await planBatching(pool, sample, batching);
    const runSeconds = await measureRun(pool, sample, plan.maxRows);
    const place = placeOf(pool, runSeconds, workers);
    log.info({ seconds: secondsSince(warmUpStartedAt), batching: plan, runSeconds, ...place }, "model warmed up");
    if (place.computesIn === "worker threads") {
      await pool.grow(workers.count);
      return { session: pool, plan, sample, runSeconds };
    }
    await checkSum(path, sha256);
    const own = await loadSession(path, model.threads);
    await warmUp(own, model);
    await pool.release();
    return { session: inLoop(own, runSeconds), plan, sample, runSeconds };
  } catch (error) {
    await pool.release();
    throw error;
  }
}

interface Place {
  readonly computesIn: "event loop" | "worker threads";
  readonly because: string;
  readonly workers?: number;
}

function placeOf(
  { loadSeconds }: StartedPool,
  runSeconds: number,
  { count, aboveSeconds }: ServerConfig["workers"],
): Place {
  const isLongRun = runSeconds > aboveSeconds;
  if (!isLongRun && loadSeconds <= LOAD_IN_LOOP_SECONDS) {
    return { computesIn: "event loop", because: `a run takes at most ${aboveSeconds} s` };
  }
  const because = isLongRun
    ? `a run takes over ${aboveSeconds} s`
    : `loading it would hold up the event loop for over ${LOAD_IN_LOOP_SECONDS} s`;
  return { computesIn: "worker threads", because, workers: count };
}
