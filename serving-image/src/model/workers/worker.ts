import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { reasonOf, StartUpError } from "../../core/start-up-error";
import { checkSum } from "../files/sum";
import { loadSession, type ModelRunner } from "../session";
import {
  type LoadReply,
  memoryOf,
  type RunMessage,
  type RunReply,
  STOP,
  type WorkerMessage,
  type WorkerTask,
} from "./messages";

/** Loads are timed until one is as short as this; one that is so long is not tried again. */
const SHORT_SECONDS = 0.005;
const LONG_SECONDS = 0.25;
const LOADS = 5;

/** What runs in a worker thread: loads one model, and runs it for as long as it is asked. */
async function serve({ path, sha256, threads }: WorkerTask): Promise<void> {
  yieldToEventLoop();
  try {
    await checkSum(path, sha256);
    const model = await loadSession(path, threads);
    let work = Promise.resolve();
    parentPort?.on("message", (message: WorkerMessage) => {
      work = work.then(() => (message === STOP ? stop(model) : answer(model, message)));
    });
    reply({ kind: "loaded", signature: model.signature, loadSeconds: await timeLoad(path, threads) });
  } catch (error) {
    if (!(error instanceof StartUpError)) throw error;
    reply({ kind: "refused", problems: error.problems });
    parentPort?.close();
  }
}

/** How much this thread, and those of the runtime that it starts, give way to the event loop: Linux counts it by thread. */
const NICENESS = 10;

/** Where the two share a processor, whoever only asks whether the server lives must not wait for a run of the model. */
function yieldToEventLoop(): void {
  if (process.platform === "linux") setPriority(NICENESS);
}

/** The first load of a thread also starts the runtime; what a model by itself takes is seen by loading it again. */
async function timeLoad(path: string, threads: number): Promise<number> {
  let fastest = Infinity;
  for (let load = 0; load < LOADS && fastest > SHORT_SECONDS; load++) {
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
    const model = await loadSession(path, threads);
    const { user, system } = process.cpuUsage(cpu);
    // Where others keep the processor busy, the time that it took is more than the time that it needs.
    const seconds = Math.min((performance.now() - startedAt) / 1000, (user + system) / 1e6);
    fastest = Math.min(fastest, seconds);
    await model.release();
    if (seconds > LONG_SECONDS) break;
  }
  return fastest;
}

async function answer(model: ModelRunner, { inputs, outputs }: RunMessage): Promise<void> {
  try {
    const run = await model.run(inputs, outputs);
    const startedAt = performance.timeOrigin + run.startedAt;
    reply({ kind: "ran", outputs: run.outputs, startedAt, seconds: run.seconds }, memoryOf(run.outputs));
  } catch (error) {
    reply({ kind: "failed", message: reasonOf(error) });
  }
}

/** Without its port the thread has nothing left to do, and ends. */
async function stop(model: ModelRunner): Promise<void> {
  await model.release();
  parentPort?.close();
}

function reply(message: LoadReply | RunReply, memory: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, memory);
}

void serve(workerData);
