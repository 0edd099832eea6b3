import type { ModelCache } from "../cache/model-cache";
import type { Log } from "../core/log";
import { measureRun } from "./measure-run";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up/invented-inputs";

/** The fastest of many counts, since code is slow the first few times. */
const LOOKUPS = 30;
/** If a run takes longer than this, no lookup is slower, so nothing is measured. */
const LONG_RUN_SECONDS = 0.01;

/** A model after its warm-up. */
interface WarmModel {
  readonly session: ModelRunner;
  readonly sample: SampleInputs;
  /** Duration of a run with the largest batch. */
  readonly runSeconds: number;
  readonly rows: number;
}

/** Logs a warning if a cache lookup takes longer than the model, so that the cache only slows it down. */
export async function warnIfCacheIsSlower(cache: ModelCache, warm: WarmModel, log: Log): Promise<void> {
  if (warm.runSeconds / warm.rows > LONG_RUN_SECONDS) return;
  const { session, sample } = warm;
  const inputs = sample(1);
  const names = session.signature.outputs.map(({ name }) => name);
  const { outputs } = await session.run(inputs, names);
  let cacheSeconds = Infinity;
  for (let lookup = 0; lookup < LOOKUPS; lookup++) {
    const seconds = await cache.secondsOfHit({ inputs, outputs: names }, outputs);
    // Loading a model does not wait for a cache that is down.
    if (seconds === undefined) return;
    cacheSeconds = Math.min(cacheSeconds, seconds);
  }
  const runSeconds = await measureRun(session, sample, 1);
  if (cacheSeconds < runSeconds) return;
  const fix = "set model.cache to false";
  log.warn({ runSeconds, cacheSeconds, fix }, "the cache takes longer than the model");
}
