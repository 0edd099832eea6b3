import type { ModelConfig, ServerConfig } from "../config/settings";
import { type Log, secondsSince } from "../core/log";
import { reasonOf, StartUpCode, StartUpError, startUpError } from "../core/start-up-error";
import type { Tensors } from "../protocol/datatypes";
import { type BatchingPlan, describePlan, planBatching } from "./batching-plan";
import { elementsOf, EventLoopSession } from "./event-loop-session";
import { verifySha256 } from "./files/checksum";
import { measureRun } from "./measure-run";
import { placementOf } from "./placement";
import { loadSession, type ModelSession } from "./session";
import type { SampleInputs } from "./warm-up/invented-inputs";
import { recordedSamples } from "./warm-up/recorded-samples";
import { warmUp } from "./warm-up/warm-up";
import type { WorkerTask } from "./workers/worker-messages";
import { type StartedPool, WorkerPool } from "./workers/worker-pool";

/** A model that is loaded and warm, on the event loop or in workers. */
export interface LoadedModel {
  readonly session: ModelSession;
  readonly plan: BatchingPlan;
  /** What was measured; undefined if no inputs are known that the model accepts. */
  readonly measured?: MeasuredModel;
}

export interface MeasuredModel {
  readonly plan: BatchingPlan;
  /** Inputs that the model accepts. */
  readonly sample: SampleInputs;
  /** Duration of a run with the largest batch. */
  readonly runSeconds: number;
}

type LoadSettings = Pick<ServerConfig, "batching" | "workers" | "limits">;

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
  log: Log,
): Promise<LoadedModel> {
  const { workers } = settings;
  const task = { path, sha256, threads: model.threads };
  const pool = await startPool(task, model, settings, log);
  try {
    const warmUpStartedAt = performance.now();
    const { unboundedReason } = pool.graph;
    // A run with invented inputs may already be without end.
    if (unboundedReason !== undefined) await pool.moveToProcesses();
    const measured = await measure(pool, path, model, settings, log);
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
      return { session, plan, measured };
    }
    await pool.grow(workers.count);
    return { session: pool, plan, ...(measured && { measured }) };
  } catch (error) {
    await pool.release();
    throw error;
  }
}

async function startPool(
  task: WorkerTask,
  { uri, threads }: ModelConfig,
  { workers: { runTimeoutSeconds } }: LoadSettings,
  log: Log,
): Promise<StartedPool> {
  const startedAt = performance.now();
  try {
    const pool = await WorkerPool.start(task, { isolation: "thread", runTimeoutSeconds }, log);
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

/** Warms a model up and measures it. Nothing that goes wrong here keeps the model from being served. */
async function measure(
  pool: StartedPool,
  path: string,
  model: ModelConfig,
  { batching, limits }: LoadSettings,
  log: Log,
): Promise<MeasuredModel | undefined> {
  const recorded = await readSamples(path, model, pool, limits, log);
  const { sample, inputs, reason } = await warmUp(pool, model, recorded);
  if (sample && recorded.length > 0 && inputs !== "recorded samples") {
    log.warn({ path, inputs, reason }, "the model rejected its recorded samples");
  }
  const fix = "Set model.warmUp.samples to recorded requests, so that the model can be warmed up and measured.";
  if (!sample) {
    if (model.warmUp.enabled) log.warn({ path, reason, fix }, "the model was not warmed up: it rejected all inputs");
    return undefined;
  }
  try {
    const plan = await planBatching(pool, sample, batching, pool.graph.rows);
    return { plan, sample, runSeconds: await measureRun(pool, sample, plan.maxRows) };
  } catch (error) {
    log.warn({ path, reason: reasonOf(error), fix }, "the model could not be measured");
    return undefined;
  }
}

async function readSamples(
  path: string,
  model: ModelConfig,
  { signature }: StartedPool,
  limits: LoadSettings["limits"],
  log: Log,
): Promise<readonly Tensors[]> {
  if (!model.warmUp.enabled) return [];
  try {
    return await recordedSamples(path, model, signature, limits);
  } catch (error) {
    const fix = "Check model.warmUp.samples and the files in the folder warmup next to the model.";
    log.warn({ path, reason: reasonOf(error), fix }, "the recorded samples could not be read");
    return [];
  }
}

async function onEventLoop(
  task: WorkerTask,
  { plan, sample, runSeconds }: MeasuredModel,
  { workers: { aboveSeconds, runTimeoutSeconds, count } }: LoadSettings,
  log: Log,
): Promise<EventLoopSession> {
  await verifySha256(task.path, task.sha256);
  const model = await loadSession(task.path, task.threads);
  await model.run(
    sample(1),
    model.signature.outputs.map(({ name }) => name),
  );
  const larger = Math.min(Math.max(1, aboveSeconds / runSeconds), MAX_EXTRAPOLATION);
  const maxElements = elementsOf(sample(1)) * plan.maxRows * larger;
  const openWorkers = async (): Promise<StartedPool> => {
    const pool = await WorkerPool.start(task, { isolation: "thread", runTimeoutSeconds }, log);
    void pool.grow(count).catch(() => undefined);
    return pool;
  };
  return new EventLoopSession(model, { runSeconds, maxElements, aboveSeconds }, openWorkers, log);
}
