import type { ModelCache } from "../cache/model-cache";
import type { Log } from "../core/log";
import { measureRun } from "./run-time";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up";

/** Code is slow the first few times. */
const LOOKS = 30;
/** No look takes as long as a run that takes longer, which is then not worth measuring. */
const LONG_RUN_SECONDS = 0.01;

/** A model as its warm-up has found it. */
export interface WarmModel {
  readonly session: ModelRunner;
  readonly sample: SampleInputs;
  /** One run with as many rows as may share one. */
  readonly runSeconds: number;
  readonly rows: number;
}

/** Warns where a look into the cache takes longer than the model does, so that the cache only slows it down. */
export async function adviseOnCache(cache: ModelCache, warm: WarmModel, log: Log): Promise<void> {
  if (warm.runSeconds / warm.rows > LONG_RUN_SECONDS) return;
  const { session, sample } = warm;
  const inputs = sample(1);
  const names = session.signature.outputs.map(({ name }) => name);
  const { outputs } = await session.run(inputs, names);
  let cacheSeconds = Infinity;
  for (let look = 0; look < LOOKS; look++) {
    const seconds = await cache.secondsOfHit({ inputs, outputs: names }, outputs);
    // Loading a model waits for no cache that is down.
    if (seconds === undefined) return;
    cacheSeconds = Math.min(cacheSeconds, seconds);
  }
  const runSeconds = await measureRun(session, sample, 1);
  if (cacheSeconds < runSeconds) return;
  const fix = "set model.cache to false";
  log.warn({ runSeconds, cacheSeconds, fix }, "the cache takes longer than the model");
}
