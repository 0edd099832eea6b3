import type { Log } from "../../core/log";
import { reasonOf } from "../../core/start-up-error";
import type { Tensors } from "../../protocol/datatypes";
import type { ModelRun } from "../session";
import type { Isolation } from "./channel";
import { ModelWorker, RunStoppedError, WorkerLostError, type WorkerOptions } from "./model-worker";
import type { LoadedReply, RunMessage, WorkerTask } from "./worker-messages";

/** Delay after a failed attempt to replace a worker. */
const RESTART_AFTER_MS = 1000;

interface Waiter {
  resolve(worker: ModelWorker): void;
  reject(error: WorkerLostError): void;
}

/** Workers that compute with one model, each with its own copy. One that exits, or takes too long, is replaced. */
export class WorkerPool {
  private readonly idle: ModelWorker[] = [];
  private readonly workers = new Set<ModelWorker>();
  private readonly waiters: Waiter[] = [];
  private starting = 0;
  private isReleased = false;
  /** Why the last worker that exited could not be replaced yet. */
  private restartFailure = "";

  private constructor(
    private task: WorkerTask,
    private options: WorkerOptions,
    private readonly log: Log,
  ) {}

  /** Starts the first worker, which is enough to measure the model. */
  static async start(task: WorkerTask, options: WorkerOptions, log: Log): Promise<StartedPool> {
    const pool = new WorkerPool(task, options, log);
    const { signature, graph, loadSeconds } = await pool.addWorker();
    return Object.assign(pool, { signature, graph, loadSeconds });
  }

  /** What new workers run in. */
  get isolation(): Isolation {
    return this.options.isolation;
  }

  /** The number of workers, with those that are being started; at least 1, since one is started again if there is none. */
  get capacity(): number {
    return Math.max(1, this.workers.size + this.starting);
  }

  /** Why it cannot compute at the moment; undefined while it can, or will soon. */
  get unavailableReason(): string | undefined {
    const isLost = this.workers.size === 0 && this.restartFailure !== "";
    if (!isLost) return undefined;
    return `all worker ${plural(this.isolation)} have exited, and none could be replaced: ${this.restartFailure}`;
  }

  /** Replaces all workers by one in a process, which can be ended while it computes. */
  async moveToProcesses(): Promise<void> {
    this.options = { ...this.options, isolation: "process" };
    await this.startAgain();
  }

  /** Replaces all workers by one that returns the memory of each run to the system. */
  async returnMemory(): Promise<void> {
    this.task = { ...this.task, keepsMemory: false };
    await this.startAgain();
  }

  private async startAgain(): Promise<void> {
    const before = [...this.workers];
    for (const worker of before) this.workers.delete(worker);
    this.idle.length = 0;
    await Promise.all(before.map((worker) => worker.end()));
    await this.addWorker();
  }

  /** Adds workers concurrently until there are so many. */
  async grow(workers: number): Promise<void> {
    const missing = Math.max(0, workers - this.workers.size);
    await Promise.all(Array.from({ length: missing }, () => this.addWorker()));
  }

  run(inputs: Tensors, outputs: readonly string[], canTransfer = false): Promise<ModelRun> {
    return this.send({ inputs, outputs }, canTransfer);
  }

  /** Runs the model, and measures the memory of the run. */
  measure(inputs: Tensors, outputs: readonly string[]): Promise<ModelRun> {
    return this.send({ inputs, outputs, measuresMemory: true }, false);
  }

  private async send(message: RunMessage, canTransfer: boolean): Promise<ModelRun> {
    const worker = this.idle.pop() ?? (await this.nextIdle());
    try {
      return await worker.run(message, canTransfer);
    } finally {
      if (this.workers.has(worker)) this.makeIdle(worker);
    }
  }

  async release(): Promise<void> {
    this.isReleased = true;
    await Promise.all([...this.workers].map((worker) => worker.end()));
    this.rejectWaiters(new WorkerLostError(this.isolation, "the model was released"));
  }

  private async addWorker(): Promise<LoadedReply> {
    const worker = new ModelWorker(this.task, this.options, (ended, error) => this.replace(ended, error));
    this.starting++;
    try {
      const loaded = await worker.loaded();
      this.workers.add(worker);
      this.makeIdle(worker);
      if (this.isReleased) await worker.end();
      return loaded;
    } catch (error) {
      await worker.end();
      throw error;
    } finally {
      this.starting--;
    }
  }

  private replace(ended: ModelWorker, error: WorkerLostError | RunStoppedError): void {
    // A worker that exits while it loads is handled by the code that started it.
    if (!this.workers.delete(ended) || this.isReleased) return;
    const index = this.idle.indexOf(ended);
    if (index >= 0) this.idle.splice(index, 1);
    this.reportLoss(ended, error);
    void this.restart();
  }

  private reportLoss({ isolation }: ModelWorker, error: WorkerLostError | RunStoppedError): void {
    const { path } = this.task;
    if (!(error instanceof RunStoppedError)) {
      this.log.error({ path, reason: error.message }, `a worker ${isolation} exited`);
      return;
    }
    this.log.error({ path, reason: error.message }, `a worker ${isolation} was stopped`);
    if (isolation === "process") return;
    // A thread computes until its run is over, but a process can be ended.
    this.options = { ...this.options, isolation: "process" };
    this.log.warn({ path }, "the model computes in worker processes from now on, because a run took too long");
  }

  private async restart(): Promise<void> {
    const { path } = this.task;
    try {
      await this.addWorker();
      this.restartFailure = "";
      this.log.info({ path, workers: this.workers.size }, `a worker ${this.isolation} was replaced`);
    } catch (error) {
      const reason = reasonOf(error);
      this.restartFailure = reason;
      this.log.error({ path, reason }, `a worker ${this.isolation} could not be replaced`);
      if (this.workers.size === 0) this.rejectWaiters(new WorkerLostError(this.isolation, reason));
      setTimeout(() => void (this.isReleased || this.restart()), RESTART_AFTER_MS).unref();
    }
  }

  private nextIdle(): Promise<ModelWorker> {
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  private makeIdle(worker: ModelWorker): void {
    const waiter = this.waiters.shift();
    if (waiter) waiter.resolve(worker);
    else this.idle.push(worker);
  }

  private rejectWaiters(error: WorkerLostError): void {
    for (const waiter of this.waiters.splice(0)) waiter.reject(error);
  }
}

/** A pool whose first worker has loaded the model. */
export type StartedPool = WorkerPool & Pick<LoadedReply, "signature" | "graph" | "loadSeconds">;

/** "threads" or "processes". */
function plural(isolation: Isolation): string {
  return isolation === "thread" ? "threads" : "processes";
}
