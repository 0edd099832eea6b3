import type { BatchingConfig, ModelConfig, ServerConfig } from "../config/settings";
import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";
import type { Tensors } from "../protocol/datatypes";
import { type BatchingPlan, isBatchable, planBatching } from "./batching-plan";
import { measureRun } from "./measure-run";
import type { MemoryBudget } from "./memory/memory-budget";
import { logMemoryPlan, measureMemory } from "./memory/measure-memory";
import { type RunMemory, rowsWithin } from "./memory/run-memory";
import { usedBytes } from "./memory/used-bytes";
import type { SampleInputs } from "./warm-up/invented-inputs";
import { recordedSamples } from "./warm-up/recorded-samples";
import { warmUp, type WarmUp } from "./warm-up/warm-up";
import type { StartedPool } from "./workers/worker-pool";

/** What was measured of a model, with inputs that it accepts. */
export interface MeasuredModel {
  readonly plan: BatchingPlan;
  readonly sample: SampleInputs;
  /** Duration of a run with the largest batch. */
  readonly runSeconds: number;
  /** Undefined if runs need little memory. */
  readonly memory?: RunMemory | undefined;
}

export type MeasureSettings = Pick<ServerConfig, "batching" | "limits">;

/** What a model is measured with. */
interface Bench {
  readonly path: string;
  readonly model: ModelConfig;
  readonly settings: MeasureSettings;
  readonly budget: MemoryBudget;
  readonly log: Log;
}

const FIX = "Set model.warmUp.samples to recorded requests, so that the model can be warmed up and measured.";

/** Warms a model up and measures it. Nothing that goes wrong here keeps the model from being served. */
export async function measureModel(pool: StartedPool, bench: Bench): Promise<MeasuredModel | undefined> {
  const { path, model, settings, budget, log } = bench;
  const recorded = await readSamples(pool, bench);
  const warm = await warmUp(pool, model, recorded);
  const { sample, inputs, reason } = warm;
  if (sample && recorded.length > 0 && inputs !== "recorded samples") {
    log.warn({ path, inputs, reason }, "the model rejected its recorded samples");
  }
  if (!sample) {
    const isWanted = model.warmUp.enabled;
    if (isWanted) log.warn({ path, reason, fix: FIX }, "the model was not warmed up: it rejected all inputs");
    return undefined;
  }
  try {
    const memory = await planMemory(pool, sample, warm, bench);
    const limits = memory ? withinMemory(settings.batching, memory, budget) : settings.batching;
    const plan = await planBatching(pool, sample, limits, pool.graph.rows);
    const isLimited = memory !== undefined && limits.maxBatchSize === 1 && settings.batching.maxBatchSize > 1;
    return {
      plan: isLimited ? { ...plan, ...limitedByMemory(memory) } : plan,
      sample,
      memory,
      runSeconds: await measureRun(pool, sample, plan.maxRows),
    };
  } catch (error) {
    log.warn({ path, reason: reasonOf(error), fix: FIX }, "the model could not be measured");
    return undefined;
  }
}

async function planMemory(
  pool: StartedPool,
  sample: SampleInputs,
  { firstRunBytes }: WarmUp,
  { settings, budget, log }: Bench,
): Promise<RunMemory | undefined> {
  const usedBefore = usedBytes();
  const memory = await measureMemory(pool, sample, firstRunBytes, isBatchable(pool.signature));
  if (!memory) return undefined;
  budget.add(Math.min(usedBefore, usedBytes()), memory.firstRowBytes);
  const { freeBytes, limitBytes } = budget;
  logMemoryPlan(
    memory,
    { freeBytes, limitBytes, maxRows: withinMemory(settings.batching, memory, budget).maxBatchSize },
    log,
  );
  return memory;
}

/** The settings of batching, with the most rows for which there is memory. */
function withinMemory(batching: BatchingConfig, memory: RunMemory, { freeBytes }: MemoryBudget): BatchingConfig {
  // Half of the memory is left for other runs, and for the requests that wait.
  const bytes = Math.min(batching.maxBatchBytes, freeBytes / 2);
  const rows = memory.isFasterTogether ? rowsWithin(memory, bytes, memory.rowElements) : 1;
  return { ...batching, maxBatchSize: Math.min(batching.maxBatchSize, rows) };
}

function limitedByMemory({ isFasterTogether }: RunMemory): Pick<BatchingPlan, "decidedBy" | "reason"> {
  const reason = isFasterTogether
    ? "there is no memory for several rows in a run"
    : "several rows in a run need more memory, and are not faster";
  return { decidedBy: "measurement", reason };
}

async function readSamples(
  { signature }: StartedPool,
  { path, model, settings, log }: Bench,
): Promise<readonly Tensors[]> {
  if (!model.warmUp.enabled) return [];
  try {
    return await recordedSamples(path, model, signature, settings.limits);
  } catch (error) {
    const fix = "Check model.warmUp.samples and the files in the folder warmup next to the model.";
    log.warn({ path, reason: reasonOf(error), fix }, "the recorded samples could not be read");
    return [];
  }
}
