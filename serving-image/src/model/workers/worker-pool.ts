import type { Log } from "../../core/log";
import { reasonOf } from "../../core/start-up-error";
import type { ModelSignature, Tensors } from "../../protocol/datatypes";
import type { ModelRun } from "../session";
import type { WorkerTask } from "./messages";
import { WorkerLost, WorkerThread } from "./worker-thread";

/** How long after a failed attempt to replace a thread the next one is made. */
const RESTART_AFTER_MS = 1000;

interface Waiter {
  resolve(thread: WorkerThread): void;
  reject(error: WorkerLost): void;
}

/** Worker threads that compute with one model, each with a copy of it. A thread that ends is replaced. */
export class WorkerPool {
  private readonly idle: WorkerThread[] = [];
  private readonly threads = new Set<WorkerThread>();
  private readonly waiters: Waiter[] = [];
  private isReleased = false;
  /** Why the last thread that ended could not be replaced so far. */
  private irreplaceableBecause = "";

  private constructor(
    private readonly task: WorkerTask,
    private readonly log: Log,
  ) {}

  /** Starts the first thread: enough to find out how the model behaves. */
  static async start(task: WorkerTask, log: Log): Promise<StartedPool> {
    const pool = new WorkerPool(task, log);
    const { signature, loadSeconds } = await pool.addThread();
    return Object.assign(pool, { signature, loadSeconds });
  }

  /** Threads that are there; at least one is on its way if there is none. */
  get capacity(): number {
    return Math.max(1, this.threads.size);
  }

  /** Why it cannot compute for now; undefined while it can, or will soon. */
  get unavailableBecause(): string | undefined {
    const isLost = this.threads.size === 0 && this.irreplaceableBecause !== "";
    return isLost
      ? `every worker thread has ended, and none could be replaced: ${this.irreplaceableBecause}`
      : undefined;
  }

  /** Adds threads until there are so many, all at once. */
  async grow(threads: number): Promise<void> {
    const missing = Math.max(0, threads - this.threads.size);
    await Promise.all(Array.from({ length: missing }, () => this.addThread()));
  }

  async run(inputs: Tensors, outputs: readonly string[], mayTake = false): Promise<ModelRun> {
    const thread = this.idle.pop() ?? (await this.nextIdle());
    try {
      return await thread.run(inputs, outputs, mayTake);
    } finally {
      if (this.threads.has(thread)) this.giveBack(thread);
    }
  }

  async release(): Promise<void> {
    this.isReleased = true;
    await Promise.all([...this.threads].map((thread) => thread.end()));
    this.refuseWaiters(new WorkerLost("the model was released"));
  }

  private async addThread(): Promise<{ signature: ModelSignature; loadSeconds: number }> {
    const thread = new WorkerThread(this.task, (ended, error) => this.replace(ended, error));
    try {
      const loaded = await thread.loaded();
      this.threads.add(thread);
      this.giveBack(thread);
      if (this.isReleased) await thread.end();
      return loaded;
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  private replace(ended: WorkerThread, error: WorkerLost): void {
    // A thread that ends while it loads is the business of whoever waits for it.
    if (!this.threads.delete(ended) || this.isReleased) return;
    const place = this.idle.indexOf(ended);
    if (place >= 0) this.idle.splice(place, 1);
    this.log.error({ path: this.task.path, reason: error.message }, "a worker thread ended");
    void this.restart();
  }

  private async restart(): Promise<void> {
    try {
      await this.addThread();
      this.irreplaceableBecause = "";
      this.log.info({ path: this.task.path, workers: this.threads.size }, "a worker thread was replaced");
    } catch (error) {
      const reason = reasonOf(error);
      this.irreplaceableBecause = reason;
      this.log.error({ path: this.task.path, reason }, "a worker thread could not be replaced");
      if (this.threads.size === 0) this.refuseWaiters(new WorkerLost(reason));
      setTimeout(() => void (this.isReleased || this.restart()), RESTART_AFTER_MS).unref();
    }
  }

  private nextIdle(): Promise<WorkerThread> {
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  private giveBack(thread: WorkerThread): void {
    const waiter = this.waiters.shift();
    if (waiter) waiter.resolve(thread);
    else this.idle.push(thread);
  }

  private refuseWaiters(error: WorkerLost): void {
    for (const waiter of this.waiters.splice(0)) waiter.reject(error);
  }
}

/** A pool whose first thread has loaded the model. */
export type StartedPool = WorkerPool & { readonly signature: ModelSignature; readonly loadSeconds: number };
