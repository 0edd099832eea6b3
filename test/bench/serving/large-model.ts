import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { slipway } from "./contenders";
import { pythonEnvironment } from "./environments";
import { loadHttp, type LoadResult } from "./load";
import { PinnedProcess, type Program } from "./pinned-process";
import { jsonRequest } from "./request";
import { measure, type Measured } from "./rounds";

export interface LargeModelResult {
  /** Without batching, and with it. */
  readonly throughput: readonly [Measured, Measured];
  /** Times of `/health` while the model is loaded, and while it computes as fast as it can. */
  readonly whileLoading: LoadResult;
  readonly whileComputing: LoadResult;
}

const CONNECTIONS = 64;
const MAKER = "test/bench/serving/peers/make_model.py";

/** A model of 30 MB: the gain of batching, and whether the server answers immediately while the model is busy. */
export async function measureLargeModel(
  cores: readonly [number, number],
  rounds: number,
  seconds: number,
  scratch: string,
): Promise<LargeModelResult> {
  const [core, loadCore] = cores;
  const uri = join(scratch, "large.onnx");
  execFileSync(join(pythonEnvironment("fastapi"), "bin/python"), [resolve(MAKER), uri]);
  const serve = (port: number, batching: object): Program => {
    const model = { name: "digits", version: "1.1.0", uri, root: join(scratch, `models-${port}`) };
    return slipway(port, scratch, { model, batching, grpc: { enabled: false } });
  };
  const programs = { alone: serve(18_500, { maxBatchSize: 1 }), batched: serve(18_510, { exact: false }) };
  const process = PinnedProcess.spawn(programs.batched, core);
  const health = { url: "http://127.0.0.1:18510/health" };
  await process.answers(health.url);
  const whileLoading = await loadHttp(health, { connections: 1, seconds: 2, core: loadCore }, scratch);
  await process.answers(programs.batched.ready);
  const alone = await PinnedProcess.start(programs.alone, core);
  try {
    const load = { connections: CONNECTIONS, seconds, core: loadCore };
    const contenders = [
      { name: "30 MB model, maxBatchSize 1", program: programs.alone, ask: jsonRequest(18_500), process: alone },
      { name: "30 MB model, maxBatchSize 32", program: programs.batched, ask: jsonRequest(18_510), process },
    ];
    const [first, second] = await measure(contenders, load, rounds, scratch);
    const [whileComputing] = await Promise.all([
      loadHttp(health, { connections: 1, seconds, core: loadCore }, scratch),
      loadHttp(jsonRequest(18_510), load, scratch),
    ]);
    if (!first || !second) throw new Error("Nothing was measured.");
    return { throughput: [first, second], whileLoading, whileComputing };
  } finally {
    await Promise.all([process.stop(), alone.stop()]);
  }
}
