import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { reasonOf, StartUpError } from "../../core/start-up-error";
import type { ModelSignature, Tensors } from "../../protocol/datatypes";
import type { ModelRun } from "../session";
import { detachable, type LoadReply, memoryOf, type RunReply, STOP, type WorkerTask } from "./messages";

/** The thread that was to compute something has ended; nothing is known to be wrong with what it was given. */
export class WorkerLost extends Error {
  constructor(reason: string) {
    super(`A worker thread ended: ${reason}.`);
    this.name = "WorkerLost";
  }
}

/** One worker thread with one model, seen from outside; it does one thing at a time. */
export class WorkerThread {
  private readonly worker: Worker;
  private settle: { resolve(reply: LoadReply | RunReply): void; reject(error: WorkerLost): void } | undefined;
  private lost: WorkerLost | undefined;

  /** @param onLost is called once, when the thread has ended without being told to */
  constructor(task: WorkerTask, onLost: (thread: WorkerThread, error: WorkerLost) => void) {
    this.worker = new Worker(join(__dirname, "worker.js"), { workerData: task });
    this.worker.on("message", (reply: LoadReply | RunReply) => {
      const { settle } = this;
      this.settle = undefined;
      settle?.resolve(reply);
    });
    const end = (reason: string): void => {
      if (this.lost) return;
      this.lost = new WorkerLost(reason);
      this.settle?.reject(this.lost);
      onLost(this, this.lost);
    };
    this.worker.on("error", (error) => end(reasonOf(error)));
    this.worker.on("exit", (code) => end(`exit code ${code}`));
  }

  /** Resolves once the model is loaded, with what it takes and gives and how long loading it takes. */
  async loaded(): Promise<{ signature: ModelSignature; loadSeconds: number }> {
    const reply = await this.next<LoadReply>();
    if (reply.kind === "refused") throw new StartUpError(reply.problems);
    return reply;
  }

  /** @param mayTake whether nobody needs the inputs any more, so that their memory can be handed over */
  async run(inputs: Tensors, outputs: readonly string[], mayTake: boolean): Promise<ModelRun> {
    const reply = this.next<RunReply>();
    const own = mayTake ? inputs : detachable(inputs);
    this.worker.postMessage({ inputs: own, outputs }, memoryOf(own));
    const run = await reply;
    if (run.kind === "failed") throw new Error(run.message);
    return { outputs: run.outputs, startedAt: run.startedAt - performance.timeOrigin, seconds: run.seconds };
  }

  /**
   * Lets the thread finish what it does, and end. It is never terminated: that would end the whole process if it were
   * inside the runtime at that moment.
   */
  async end(): Promise<void> {
    if (this.lost) return;
    this.lost = new WorkerLost("it was told to");
    this.worker.postMessage(STOP);
    await once(this.worker, "exit");
    this.settle?.reject(this.lost);
  }

  private next<T extends LoadReply | RunReply>(): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.lost) reject(this.lost);
      // Replies come in the order of what was asked, and one thing is asked at a time.
      else this.settle = { resolve: (reply) => resolve(reply as T), reject };
    });
  }
}
