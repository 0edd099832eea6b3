import type { Log } from "../../core/log";
import { elementsOf, joinRows } from "../rows";
import type { SampleInputs } from "../warm-up/invented-inputs";
import type { StartedPool } from "../workers/worker-pool";
import { bytesOf, type RunMemory } from "./run-memory";

/** The memory of smaller runs is not measured exactly: the queue and the largest batch bound it well enough. */
const LARGE_BYTES = 16 * 2 ** 20;

/** Rows share a run that needs much memory only if it takes this share of the time of separate runs, or less. */
const WORTHWHILE_SHARE = 0.8;

/**
 * Measures the memory of runs. A model that needs much returns it to the system after each run, so that one large run does
 * not occupy it for ever.
 * @param firstRunBytes memory of the first run of the model, which includes what the runtime keeps
 * @returns undefined if runs need little memory, or if it cannot be measured
 */
export async function measureMemory(
  pool: StartedPool,
  sample: SampleInputs,
  firstRunBytes: number | undefined,
  isBatchable: boolean,
): Promise<RunMemory | undefined> {
  if (firstRunBytes === undefined || firstRunBytes < LARGE_BYTES) return undefined;
  await pool.returnMemory();
  const names = pool.signature.outputs.map(({ name }) => name);
  const first = sample(1);
  const one = await pool.measure(first, names);
  const own = bytesOf(first) + bytesOf(one.outputs);
  // Memory that the system had not taken back yet makes a run look smaller than it is.
  const firstRowBytes = Math.max(one.peakBytes ?? 0, firstRunBytes, own);
  const memory = { firstRowBytes, rowBytes: firstRowBytes, rowElements: elementsOf(first), isFasterTogether: false };
  if (!isBatchable) return memory;
  const two = await pool.measure(joinRows([first, sample(2)]), names).catch(() => undefined);
  if (!two) return memory;
  const rowBytes = Math.max((two.peakBytes ?? 0) - firstRowBytes, one.peakBytes ?? 0, own);
  return { ...memory, rowBytes, isFasterTogether: two.seconds < one.seconds * 2 * WORTHWHILE_SHARE };
}

/** Logs how many runs fit into the memory of the server. */
export function logMemoryPlan(
  { firstRowBytes, rowBytes }: RunMemory,
  { freeBytes, limitBytes, maxRows }: { freeBytes: number; limitBytes: number | undefined; maxRows: number },
  log: Log,
): void {
  const facts = { runBytes: firstRowBytes, rowBytes, maxRows };
  if (limitBytes === undefined) {
    log.info(facts, "runs of the model need much memory");
    return;
  }
  const atOnce = Math.floor(freeBytes / firstRowBytes);
  const mebibytes = Math.round(limitBytes / 2 ** 20);
  if (atOnce >= 1) {
    log.info(
      { ...facts, freeBytes, atOnce },
      `${atOnce} runs of the model fit into the ${mebibytes} MiB of the server at once`,
    );
    return;
  }
  const fix = `Raise the memory limit by at least ${Math.ceil((firstRowBytes - freeBytes) / 2 ** 20)} MiB.`;
  log.warn(
    { ...facts, freeBytes, fix },
    `a run of the model does not safely fit into the ${mebibytes} MiB of the server`,
  );
}
