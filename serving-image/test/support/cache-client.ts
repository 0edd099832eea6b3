import { metricsOf, post, seriesOf } from "./client";
import type { ServerProcess } from "./server-process";

/** Sends one number to a model with one input `x`; returns its output and the outcome of the cache. */
export async function ask(server: ServerProcess, x: number): Promise<{ outcome: string | null; data: unknown }> {
  const response = await post(`${server.url}/v2/models/digits/infer`, requestOf(x));
  const { outputs } = JSON.parse(await response.text());
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return { outcome: response.headers.get("slipway-cache"), data: outputs[0].data };
}

export const requestOf = (x: number): object => ({ inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [x] }] });

/** The metrics of a server's cache. */
export async function cacheCounts(server: ServerProcess): Promise<Record<string, number>> {
  const metrics = await metricsOf(server.url);
  const names = ["hits_total", "misses_total", "shared_total", "entries", "bytes"];
  return Object.fromEntries(names.map((name) => [name, seriesOf(metrics, `slipway_cache_${name}`) ?? NaN]));
}

export async function skippedFor(server: ServerProcess, reason: string): Promise<number> {
  return seriesOf(await metricsOf(server.url), "slipway_cache_skipped_total", { reason }) ?? NaN;
}

/** The number of runs of a server's model. */
export async function runsOf(server: ServerProcess): Promise<number> {
  return seriesOf(await metricsOf(server.url), "slipway_inference_batch_size_count") ?? NaN;
}
