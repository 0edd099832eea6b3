import type { ModelConfig, ServerConfig } from "../config/settings";
import { type Log, secondsSince } from "../core/log";
import { reasonOf, StartUpCode, StartUpError, startUpError } from "../core/start-up-error";
import { type BatchingPlan, describePlan } from "./batching-plan";
import { EventLoopSession } from "./event-loop-session";
import { verifySha256 } from "./files/checksum";
import { type MeasuredModel, measureModel, type MeasureSettings } from "./measure-model";
import type { MemoryBudget } from "./memory/memory-budget";
import { placementOf } from "./placement";
import { elementsOf } from "./rows";
import { loadSession, type ModelSession } from "./session";
import type { WorkerTask } from "./workers/worker-messages";
import { type StartedPool, WorkerPool } from "./workers/worker-pool";

/** A model that is loaded and warm, on the event loop or in workers. */
export interface LoadedModel {
  readonly session: ModelSession;
  readonly plan: BatchingPlan;
  /** What was measured; undefined if no inputs are known that the model accepts. */
  readonly measured?: MeasuredModel;
  /** An operator that may make the outputs differ for the same inputs, so that they are not cached. */
  readonly randomOperator: string | undefined;
}

type LoadSettings = MeasureSettings & Pick<ServerConfig, "workers">;

const UNMEASURED: BatchingPlan = {
  maxRows: 1,
  isBatched: false,
  isExact: true,
  decidedBy: "measurement",
  reason: "the model could not be measured",
};

/** A request that takes this many times as long as a measured one, at most, still computes on the event loop. */
const MAX_EXTRAPOLATION = 1024;

/**
 * Loads and warms up a model in a worker, then decides from its graph and the measured times where it serves: on the event
 * loop or in workers.
 */
export async function loadModel(
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  model: ModelConfig,
  settings: LoadSettings,
  budget: MemoryBudget,
  log: Log,
): Promise<LoadedModel> {
  const { workers } = settings;
  const task = { path, sha256, threads: model.threads, keepsMemory: true };
  const pool = await startPool(task, model, settings, log);
  try {
    const warmUpStartedAt = performance.now();
    const { unboundedReason, randomOperator } = pool.graph;
    // A run with invented inputs may already be without end.
    if (unboundedReason !== undefined) await pool.moveToProcesses();
    const measured = await measureModel(pool, { path, model, settings, budget, log });
    const { signature, loadSeconds } = pool;
    const plan = measured?.plan ?? UNMEASURED;
    log.info({ model: model.name, version: model.version, ...plan }, describePlan(plan));
    const runSeconds = measured?.runSeconds;
    const placement = placementOf({ signature, loadSeconds, runSeconds, unboundedReason }, workers);
    const seconds = secondsSince(warmUpStartedAt);
    log.info(
      { seconds, batching: plan, runSeconds, ...placement },
      measured ? "model warmed up" : "model not measured",
    );
    if (measured && placement.computesIn === "event loop") {
      const session = await onEventLoop(task, measured, settings, log);
      await pool.release();
      return { session, plan, measured, randomOperator };
    }
    await pool.grow(workers.count);
    return { session: pool, plan, randomOperator, ...(measured && { measured }) };
  } catch (error) {
    await pool.release();
    throw error;
  }
}

async function startPool(
  task: WorkerTask,
  { uri, threads }: ModelConfig,
  { workers: { runTimeoutSeconds }, limits: { memoryBytes } }: LoadSettings,
  log: Log,
): Promise<StartedPool> {
  const startedAt = performance.now();
  try {
    const pool = await WorkerPool.start(task, { isolation: "thread", runTimeoutSeconds, memoryBytes }, log);
    const { loadSeconds } = pool;
    log.info({ path: task.path, threads, seconds: secondsSince(startedAt), loadSeconds }, "model loaded");
    return pool;
  } catch (error) {
    if (error instanceof StartUpError) throw error;
    const message = `the model could not be loaded: ${reasonOf(error)}.`;
    const fix = "Check that there is enough memory for the model, and that the file is a valid ONNX model.";
    throw startUpError(StartUpCode.ModelNotLoaded, uri, message, fix);
  }
}

async function onEventLoop(
  task: WorkerTask,
  { plan, sample, runSeconds }: MeasuredModel,
  { workers: { aboveSeconds, runTimeoutSeconds, count }, limits: { memoryBytes } }: LoadSettings,
  log: Log,
): Promise<EventLoopSession> {
  await verifySha256(task.path, task.sha256);
  const model = await loadSession(task.path, task);
  await model.run(
    sample(1),
    model.signature.outputs.map(({ name }) => name),
  );
  const larger = Math.min(Math.max(1, aboveSeconds / runSeconds), MAX_EXTRAPOLATION);
  const maxElements = elementsOf(sample(1)) * plan.maxRows * larger;
  const openWorkers = async (): Promise<StartedPool> => {
    const pool = await WorkerPool.start(task, { isolation: "thread", runTimeoutSeconds, memoryBytes }, log);
    void pool.grow(count).catch(() => undefined);
    return pool;
  };
  return new EventLoopSession(model, { runSeconds, maxElements, aboveSeconds }, openWorkers, log);
}
