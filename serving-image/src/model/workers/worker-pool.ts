import type { Log } from "../../core/log";
import { reasonOf } from "../../core/start-up-error";
import type { Tensors } from "../../protocol/datatypes";
import type { ModelRun } from "../session";
import type { LoadedReply, WorkerTask } from "./worker-messages";
import { WorkerLostError, WorkerThread } from "./worker-thread";

/** Delay after a failed attempt to replace a thread. */
const RESTART_AFTER_MS = 1000;

interface Waiter {
  resolve(thread: WorkerThread): void;
  reject(error: WorkerLostError): void;
}

/** Worker threads that compute with one model, each with its own copy. A thread that exits is replaced. */
export class WorkerPool {
  private readonly idle: WorkerThread[] = [];
  private readonly threads = new Set<WorkerThread>();
  private readonly waiters: Waiter[] = [];
  private isReleased = false;
  /** Why the last thread that exited could not be replaced yet. */
  private restartFailure = "";

  private constructor(
    private readonly task: WorkerTask,
    private readonly log: Log,
  ) {}

  /** Starts the first thread, which is enough to measure the model. */
  static async start(task: WorkerTask, log: Log): Promise<StartedPool> {
    const pool = new WorkerPool(task, log);
    const { signature, graph, loadSeconds } = await pool.addThread();
    return Object.assign(pool, { signature, graph, loadSeconds });
  }

  /** The number of threads; at least 1, since one is being started if there is none. */
  get capacity(): number {
    return Math.max(1, this.threads.size);
  }

  /** Why it cannot compute at the moment; undefined while it can, or will soon. */
  get unavailableReason(): string | undefined {
    const isLost = this.threads.size === 0 && this.restartFailure !== "";
    return isLost ? `all worker threads have exited, and none could be replaced: ${this.restartFailure}` : undefined;
  }

  /** Adds threads concurrently until there are so many. */
  async grow(threads: number): Promise<void> {
    const missing = Math.max(0, threads - this.threads.size);
    await Promise.all(Array.from({ length: missing }, () => this.addThread()));
  }

  async run(inputs: Tensors, outputs: readonly string[], canTransfer = false): Promise<ModelRun> {
    const thread = this.idle.pop() ?? (await this.nextIdle());
    try {
      return await thread.run(inputs, outputs, canTransfer);
    } finally {
      if (this.threads.has(thread)) this.makeIdle(thread);
    }
  }

  async release(): Promise<void> {
    this.isReleased = true;
    await Promise.all([...this.threads].map((thread) => thread.end()));
    this.rejectWaiters(new WorkerLostError("the model was released"));
  }

  private async addThread(): Promise<LoadedReply> {
    const thread = new WorkerThread(this.task, (ended, error) => this.replace(ended, error));
    try {
      const loaded = await thread.loaded();
      this.threads.add(thread);
      this.makeIdle(thread);
      if (this.isReleased) await thread.end();
      return loaded;
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  private replace(ended: WorkerThread, error: WorkerLostError): void {
    // A thread that exits while it loads is handled by the code that started it.
    if (!this.threads.delete(ended) || this.isReleased) return;
    const index = this.idle.indexOf(ended);
    if (index >= 0) this.idle.splice(index, 1);
    this.log.error({ path: this.task.path, reason: error.message }, "a worker thread exited");
    void this.restart();
  }

  private async restart(): Promise<void> {
    try {
      await this.addThread();
      this.restartFailure = "";
      this.log.info({ path: this.task.path, workers: this.threads.size }, "a worker thread was replaced");
    } catch (error) {
      const reason = reasonOf(error);
      this.restartFailure = reason;
      this.log.error({ path: this.task.path, reason }, "a worker thread could not be replaced");
      if (this.threads.size === 0) this.rejectWaiters(new WorkerLostError(reason));
      setTimeout(() => void (this.isReleased || this.restart()), RESTART_AFTER_MS).unref();
    }
  }

  private nextIdle(): Promise<WorkerThread> {
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  private makeIdle(thread: WorkerThread): void {
    const waiter = this.waiters.shift();
    if (waiter) waiter.resolve(thread);
    else this.idle.push(thread);
  }

  private rejectWaiters(error: WorkerLostError): void {
    for (const waiter of this.waiters.splice(0)) waiter.reject(error);
  }
}

/** A pool whose first thread has loaded the model. */
export type StartedPool = WorkerPool & Pick<LoadedReply, "signature" | "graph" | "loadSeconds">;
