import { setPriority } from "node:os";
import { reasonOf, StartUpError } from "../../core/start-up-error";
import { verifySha256 } from "../files/checksum";
import { readGraphFacts } from "../graph/read-graph-facts";
import { watchPeakMemory } from "../memory/peak-memory";
import { loadSession, type ModelRunner, type SessionOptions } from "../session";
import { type LoadReply, type RunMessage, type RunReply, STOP, transferListOf } from "./worker-messages";
import { openPort } from "./worker-port";

const port = openPort();

/** Loading is measured until one load is as short as this; after a long one it is not repeated. */
const SHORT_SECONDS = 0.005;
const LONG_SECONDS = 0.25;
const LOADS = 5;

/** The main function of a worker: loads one model and runs it until it is asked to stop. */
async function serve(): Promise<void> {
  const { path, sha256, threads, keepsMemory } = port.task;
  const options = { threads, keepsMemory };
  yieldToEventLoop();
  try {
    await verifySha256(path, sha256);
    const model = await loadSession(path, options);
    let work = Promise.resolve();
    port.onMessage((message) => {
      work = work.then(() => (message === STOP ? stop(model) : answer(model, message)));
    });
    // Here rather than on the event loop: the graph of a large model takes a while to read.
    const graph = readGraphFacts(path);
    reply({ kind: "loaded", signature: model.signature, graph, loadSeconds: await timeLoad(path, options) });
  } catch (error) {
    if (!(error instanceof StartUpError)) throw error;
    reply({ kind: "refused", problems: error.problems });
    port.close();
  }
}

/** Lowers the priority of this worker and of the runtime threads that it starts; on Linux, niceness is per thread. */
const NICENESS = 10;

/** If both share a CPU, a liveness probe must not wait for a run of the model. */
function yieldToEventLoop(): void {
  if (process.platform === "linux") setPriority(NICENESS);
}

/** The first load of a thread also starts the runtime, so the model is loaded again to measure it alone. */
async function timeLoad(path: string, options: SessionOptions): Promise<number> {
  let fastest = Infinity;
  for (let load = 0; load < LOADS && fastest > SHORT_SECONDS; load++) {
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
    const model = await loadSession(path, options);
    const { user, system } = process.cpuUsage(cpu);
    // On a busy machine the elapsed time is more than the CPU time that loading needs.
    const seconds = Math.min((performance.now() - startedAt) / 1000, (user + system) / 1e6);
    fastest = Math.min(fastest, seconds);
    await model.release();
    if (seconds > LONG_SECONDS) break;
  }
  return fastest;
}

async function answer(model: ModelRunner, { inputs, outputs, measuresMemory }: RunMessage): Promise<void> {
  try {
    const endWatch = measuresMemory ? watchPeakMemory() : undefined;
    const run = await model.run(inputs, outputs);
    const peakBytes = endWatch?.();
    const startedAt = performance.timeOrigin + run.startedAt;
    reply(
      { kind: "ran", outputs: run.outputs, startedAt, seconds: run.seconds, peakBytes },
      transferListOf(run.outputs),
    );
  } catch (error) {
    reply({ kind: "failed", message: reasonOf(error) });
  }
}

async function stop(model: ModelRunner): Promise<void> {
  await model.release();
  port.close();
}

function reply(message: LoadReply | RunReply, memory: ArrayBuffer[] = []): void {
  port.send(message, memory);
}

void serve();
