import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { reasonOf, StartUpError } from "../../core/start-up-error";
import type { Tensors } from "../../protocol/datatypes";
import type { ModelRun } from "../session";
import {
  copyForTransfer,
  type LoadedReply,
  type LoadReply,
  type RunReply,
  STOP,
  transferListOf,
  type WorkerTask,
} from "./worker-messages";

/** A worker exited before it had computed a request; the request itself may be fine. */
export class WorkerLostError extends Error {
  constructor(reason: string) {
    super(`A worker thread exited: ${reason}.`);
    this.name = "WorkerLostError";
  }
}

/** One worker thread with one model, from the point of view of the main thread. It does one thing at a time. */
export class WorkerThread {
  private readonly worker: Worker;
  private settle: { resolve(reply: LoadReply | RunReply): void; reject(error: WorkerLostError): void } | undefined;
  private lost: WorkerLostError | undefined;

  /** @param onLost called once if the thread exits without being asked to */
  constructor(task: WorkerTask, onLost: (thread: WorkerThread, error: WorkerLostError) => void) {
    this.worker = new Worker(join(__dirname, "worker.js"), { workerData: task });
    this.worker.on("message", (reply: LoadReply | RunReply) => {
      const { settle } = this;
      this.settle = undefined;
      settle?.resolve(reply);
    });
    const end = (reason: string): void => {
      if (this.lost) return;
      this.lost = new WorkerLostError(reason);
      this.settle?.reject(this.lost);
      onLost(this, this.lost);
    };
    this.worker.on("error", (error) => end(reasonOf(error)));
    this.worker.on("exit", (code) => end(`exit code ${code}`));
  }

  /** Resolves once the model is loaded, with its signature, its graph and the duration of loading it. */
  async loaded(): Promise<LoadedReply> {
    const reply = await this.next<LoadReply>();
    if (reply.kind === "refused") throw new StartUpError(reply.problems);
    return reply;
  }

  /** @param canTransfer whether the inputs are not needed afterwards, so that their memory may be transferred */
  async run(inputs: Tensors, outputs: readonly string[], canTransfer: boolean): Promise<ModelRun> {
    const reply = this.next<RunReply>();
    const transferable = canTransfer ? inputs : copyForTransfer(inputs);
    this.worker.postMessage({ inputs: transferable, outputs }, transferListOf(transferable));
    const run = await reply;
    if (run.kind === "failed") throw new Error(run.message);
    return { outputs: run.outputs, startedAt: run.startedAt - performance.timeOrigin, seconds: run.seconds };
  }

  /**
   * Lets the thread finish its work and exit. It is never terminated, since that would crash the whole process while the
   * thread is inside the runtime.
   */
  async end(): Promise<void> {
    if (this.lost) return;
    this.lost = new WorkerLostError("it was asked to");
    this.worker.postMessage(STOP);
    await once(this.worker, "exit");
    this.settle?.reject(this.lost);
  }

  private next<T extends LoadReply | RunReply>(): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.lost) reject(this.lost);
      // Replies arrive in the order of the messages, and there is only one message at a time.
      else this.settle = { resolve: (reply) => resolve(reply as T), reject };
    });
  }
}
