import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { reasonOf } from "../../core/start-up-error";
import type { ChannelListener, WorkerChannel } from "./channel";
import {
  copyForTransfer,
  type LoadReply,
  type RunReply,
  STOP,
  transferListOf,
  type WorkerMessage,
  type WorkerTask,
} from "./worker-messages";

/** The threads that are loading or running a model. */
const busy = new Set<Worker>();

/** Whether a thread may be inside the runtime. A process that exits meanwhile crashes, or waits until the run is over. */
export function isAnyThreadBusy(): boolean {
  return busy.size > 0;
}

/** Starts a worker thread. */
export function openThread(task: WorkerTask, { onReply, onExit }: ChannelListener): WorkerChannel {
  const worker = new Worker(join(__dirname, "worker.js"), { workerData: task });
  busy.add(worker);
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.on("message", (reply: LoadReply | RunReply) => {
    busy.delete(worker);
    onReply(reply);
  });
  worker.on("error", (error) => onExit(reasonOf(error)));
  worker.on("exit", (code) => {
    busy.delete(worker);
    onExit(`exit code ${code}`);
  });
  const send = (message: WorkerMessage, canTransfer: boolean): void => {
    if (message === STOP) return worker.postMessage(STOP);
    busy.add(worker);
    const inputs = canTransfer ? message.inputs : copyForTransfer(message.inputs);
    worker.postMessage({ ...message, inputs }, transferListOf(inputs));
  };
  // Terminating a thread inside the runtime would crash the whole process.
  return { send, kill: () => worker.postMessage(STOP), exited };
}
