import type { BatchingConfig } from "../config/settings";
import { CLIENT_GONE, Refusal } from "../core/refusal";
import type { Reply } from "../core/reply";
import { reasonOf } from "../core/start-up-error";
import type { BatchObserver } from "../observability/batch-observer";
import type { Tensors } from "../protocol/datatypes";
import type { Inference } from "../protocol/inference";
import { type Caller, RequestQueue, type Waiting } from "./request-queue";
import { joinRows, takeRows } from "./rows";
import type { ModelRun, ModelSession } from "./session";
import { WorkerLost } from "./workers/worker-thread";

export type QueueLimits = Pick<BatchingConfig, "queueSize" | "maxDelaySeconds">;

/**
 * Runs what is waiting together. Requests that arrive in one turn of the event loop, or while the model computes, share
 * the next run; unless a delay is set, an idle server starts at once, so that nobody waits for company.
 */
export class Batcher {
  private readonly queue = new RequestQueue();
  private running = 0;
  private isScheduled = false;
  private wakeUp: NodeJS.Timeout | undefined;

  constructor(
    private readonly session: ModelSession,
    private readonly maxRows: number,
    private readonly limits: QueueLimits,
    private readonly observer: BatchObserver,
  ) {}

  /** Refuses where a request would find the queue full: best asked before anything is read of it. */
  admit(): void {
    if (this.queue.length < this.limits.queueSize) return;
    this.observer.rejected("queue_full");
    const message = `The server is overloaded: ${this.limits.queueSize} requests are waiting (batching.queueSize).`;
    throw new Refusal(429, message, { "retry-after": "1" });
  }

  /**
   * Replies, never before it returns, with what the model gives; refuses where the queue is full.
   * @param caller who is asked, just before it is computed, whether it still waits
   */
  infer(asked: Inference, caller: Caller, reply: Reply<Tensors>): void {
    this.admit();
    const since = performance.now();
    const deadline = since + (asked.timeoutSeconds ?? Infinity) * 1000;
    this.queue.add({ asked, since, deadline, caller, reply });
    this.observer.waiting(this.queue.length);
    this.schedule();
  }

  /** Whether nothing is waiting or being computed. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.running === 0;
  }

  /** Why nothing can be computed for now; undefined while it can. */
  get unavailableBecause(): string | undefined {
    return this.session.unavailableBecause;
  }

  /** Lets go of the model; the batcher must be idle, and is of no more use. */
  close(): Promise<void> {
    return this.session.release();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.dispatch());
  }

  private dispatch(): void {
    this.isScheduled = false;
    const now = performance.now();
    for (const one of this.queue.takeExpired(now)) this.expire(one, now);
    const startAt = this.startAt();
    while (startAt <= now && this.queue.length > 0 && this.running < this.session.capacity) {
      const batch = this.queue.take(this.maxRows).filter((one) => this.isStillWanted(one));
      if (batch.length > 0) void this.runBatch(batch);
    }
    this.observer.waiting(this.queue.length);
    this.wakeUpAt(Math.min(this.queue.earliestDeadline, startAt > now ? startAt : Infinity));
  }

  /** When the next run may begin: at once, unless it is set to wait for company and there is room for some. */
  private startAt(): number {
    const { maxDelaySeconds } = this.limits;
    if (maxDelaySeconds === 0 || this.queue.rows >= this.maxRows) return 0;
    return this.queue.headSince + maxDelaySeconds * 1000;
  }

  private wakeUpAt(moment: number): void {
    clearTimeout(this.wakeUp);
    this.wakeUp = undefined;
    if (this.queue.length === 0 || moment === Infinity) return;
    // A timer may fire a little early, and is then set again; it cannot be set for longer than this.
    const wait = Math.min(Math.max(Math.ceil(moment - performance.now()), 1), 2 ** 31 - 1);
    this.wakeUp = setTimeout(() => this.dispatch(), wait);
  }

  private expire(one: Waiting, now: number): void {
    this.observer.rejected("expired");
    const waited = Math.round(now - one.since);
    one.reply.failed(
      new Refusal(504, `The request's time was up after ${waited} ms in the queue; it was not computed.`),
    );
  }

  private isStillWanted(one: Waiting): boolean {
    if (!one.caller.isGone()) return true;
    this.observer.rejected("client_gone");
    one.reply.failed(new Refusal(CLIENT_GONE, "The client went away before its request was computed."));
    return false;
  }

  private async runBatch(batch: readonly Waiting[]): Promise<void> {
    this.running++;
    const [first] = batch;
    if (first && batch.length === 1) await this.runAlone(first);
    else await this.runTogether(batch);
    this.running--;
    if (this.queue.length > 0) this.schedule();
  }

  private async runTogether(batch: readonly Waiting[]): Promise<void> {
    let run: ModelRun;
    const rows = batch.reduce((sum, one) => sum + one.asked.rows, 0);
    try {
      run = await this.session.run(joinRows(batch.map((one) => one.asked.inputs)), outputsOf(batch), true);
    } catch {
      // One request that the model cannot compute must not fail the others; alone each gets its own answer.
      await Promise.all(batch.map((one) => this.runAlone(one)));
      return;
    }
    this.observe(run, batch, rows);
    let from = 0;
    for (const one of batch) {
      one.reply.answered(takeRows(run.outputs, one.asked.outputs, from, one.asked.rows));
      from += one.asked.rows;
    }
  }

  private async runAlone(one: Waiting): Promise<void> {
    let run: ModelRun;
    try {
      run = await this.runTwiceIfLost(one.asked);
    } catch (error) {
      one.reply.failed(error instanceof WorkerLost ? unavailable(error) : error);
      return;
    }
    this.observe(run, [one], one.asked.rows);
    one.reply.answered(run.outputs);
  }

  /** A thread may have ended for a reason of its own; if the next one ends as well, the request may be the reason. */
  private async runTwiceIfLost({ inputs, outputs }: Inference): Promise<ModelRun> {
    try {
      return await this.session.run(inputs, outputs);
    } catch (error) {
      if (!(error instanceof WorkerLost)) throw error;
      return this.session.run(inputs, outputs);
    }
  }

  private observe(run: ModelRun, batch: readonly Waiting[], rows: number): void {
    this.observer.computed(run.seconds, rows, batch.length);
    const { startedAt, seconds } = run;
    for (const one of batch) {
      this.observer.queued((startedAt - one.since) / 1000);
      this.observer.ran?.(one.asked, { queuedAt: one.since, startedAt, seconds, rows });
    }
  }
}

function unavailable(error: WorkerLost): Refusal {
  return new Refusal(503, `The model could not compute: ${reasonOf(error)}.`, { "retry-after": "1" });
}

function outputsOf(batch: readonly Waiting[]): readonly string[] {
  const [first] = batch;
  if (first && batch.every((one) => one.asked.outputs === first.asked.outputs)) return first.asked.outputs;
  return [...new Set(batch.flatMap((one) => one.asked.outputs))];
}
