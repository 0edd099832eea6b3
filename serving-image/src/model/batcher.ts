import { setImmediate as nextTurn } from "node:timers/promises";
import type { BatchingConfig } from "../config/settings";
import type { Callback } from "../core/callback";
import { contract } from "../core/contract";
import { CLIENT_CLOSED_REQUEST, HttpError } from "../core/http-error";
import { reasonOf } from "../core/start-up-error";
import type { BatchObserver } from "../observability/batch-observer";
import type { Tensors } from "../protocol/datatypes";
import type { Inference } from "../protocol/inference";
import type { BatchingPlan } from "./batching-plan";
import { type MemoryBudget, noop } from "./memory/memory-budget";
import { bytesOf } from "./memory/run-memory";
import type { RunReservations } from "./memory/run-reservations";
import { type Caller, type QueuedRequest, RequestQueue } from "./request-queue";
import { joinRows, takeRows } from "./rows";
import { answerByDeadline } from "./run-deadline";
import type { ModelRun, ModelSession } from "./session";
import { RunStoppedError, WorkerLostError } from "./workers/model-worker";

/** The memory of the server, and of the runs of this model if they need much of it. */
interface BatcherMemory {
  readonly budget: MemoryBudget;
  readonly runs?: RunReservations | undefined;
}

/** Outputs that take milliseconds to write as JSON: no more than those of one request are written in a turn. */
const LONG_ELEMENTS = 65_536;

type QueueLimits = Pick<BatchingConfig, "queueSize" | "maxDelaySeconds">;

/**
 * Batches the waiting requests. Requests that arrive in the same turn of the event loop, or while the model computes, share
 * the next run. Unless a delay is set, an idle server starts at once, so no request waits to be batched.
 */
export class Batcher {
  private readonly queue = new RequestQueue();
  private running = 0;
  private isScheduled = false;
  private readonly inexact = new WeakSet<Tensors>();
  private wakeUp: NodeJS.Timeout | undefined;

  constructor(
    private readonly session: ModelSession,
    private readonly plan: Pick<BatchingPlan, "maxRows" | "isExact">,
    private readonly limits: QueueLimits,
    private readonly observer: BatchObserver,
    private readonly memory: BatcherMemory,
  ) {
    memory.budget.onRelease(this.onRelease);
  }

  /** Throws if the queue is full. Best called before the body of a request is read. */
  admit(): void {
    if (this.queue.length < this.limits.queueSize) return;
    this.observer.rejected("queue_full");
    const message = `The server is overloaded: ${this.limits.queueSize} requests are waiting (batching.queueSize).`;
    throw new HttpError(contract.codes.overloaded, message, { "retry-after": "1" });
  }

  /**
   * Queues a request. The callback settles later, never before this returns. Throws if the queue is full.
   * @param caller checked just before the request is computed: it is skipped if the caller is gone
   */
  infer(request: Inference, caller: Caller, callback: Callback<Tensors>): void {
    this.admit();
    const held = this.holding(request, callback);
    const queuedAt = performance.now();
    const deadline = queuedAt + (request.timeoutSeconds ?? Infinity) * 1000;
    this.queue.add({ request, queuedAt, deadline, caller, callback: held });
    this.observer.waiting(this.queue.length);
    this.schedule();
  }

  /**
   * Holds memory for the body of a request; throws if there is too little.
   * @returns a function that releases it
   */
  hold(bytes: number): () => void {
    try {
      return this.memory.budget.hold(bytes);
    } catch (error) {
      this.observer.rejected("memory");
      throw error;
    }
  }

  /** Whether these outputs may be others than those of a run alone, since they shared a run. */
  isInexact(outputs: Tensors): boolean {
    return this.inexact.has(outputs);
  }

  /** Whether nothing is waiting or being computed. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.running === 0;
  }

  /** Why nothing can be computed at the moment; undefined while it can. */
  get unavailableReason(): string | undefined {
    return this.session.unavailableReason;
  }

  /** Releases the model. The batcher must be idle, and cannot be used afterwards. */
  close(): Promise<void> {
    this.memory.budget.removeListener(this.onRelease);
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
      const next = this.takeBatch(now);
      if (!next) break;
      const batch = next.batch.map((one) => answerByDeadline(one, now));
      if (batch.length > 0) void this.runBatch(batch).then(next.release);
    }
    this.observer.waiting(this.queue.length);
    this.wakeUpAt(Math.min(this.queue.earliestDeadline, startAt > now ? startAt : Infinity));
  }

  /** The requests of the next run; undefined while there is too little memory for it. */
  private takeBatch(now: number): { readonly batch: readonly QueuedRequest[]; release(): void } | undefined {
    const { runs } = this.memory;
    const { head } = this.queue;
    const { maxRows } = this.plan;
    const most = runs && head ? Math.min(maxRows, runs.maxRowsWith(head.request)) : maxRows;
    const batch = this.queue.take(most, now).filter((one) => !this.isAbandoned(one));
    if (!runs || batch.length === 0) return { batch, release: noop };
    const release = runs.reserve(batch.map(({ request }) => request));
    if (release) return { batch, release };
    this.queue.putBack(batch);
    return undefined;
  }

  /** A callback that releases the memory of a waiting request; throws if there is too little. */
  private holding(request: Inference, callback: Callback<Tensors>): Callback<Tensors> {
    const { budget, runs } = this.memory;
    if (budget.limitBytes === undefined) return callback;
    try {
      runs?.admit(request);
      const release = budget.hold(bytesOf(request.inputs));
      if (release === noop) return callback;
      return {
        resolve: (outputs) => {
          release();
          callback.resolve(outputs);
        },
        reject: (error) => {
          release();
          callback.reject(error);
        },
      };
    } catch (error) {
      this.observer.rejected("memory");
      throw error;
    }
  }

  private readonly onRelease = (): void => {
    if (this.queue.length > 0) this.schedule();
  };

  /** When the next run may start: at once, unless a delay is set and the batch is not full. */
  private startAt(): number {
    const { maxDelaySeconds } = this.limits;
    if (maxDelaySeconds === 0 || this.queue.rows >= this.plan.maxRows) return 0;
    return this.queue.headQueuedAt + maxDelaySeconds * 1000;
  }

  private wakeUpAt(time: number): void {
    clearTimeout(this.wakeUp);
    this.wakeUp = undefined;
    if (this.queue.length === 0 || time === Infinity) return;
    // A timer may fire slightly early, and is then set again. Node's timers take at most 2^31 - 1 ms.
    const wait = Math.min(Math.max(Math.ceil(time - performance.now()), 1), 2 ** 31 - 1);
    this.wakeUp = setTimeout(() => this.dispatch(), wait);
  }

  private expire(one: QueuedRequest, now: number): void {
    this.observer.rejected("expired");
    const waited = Math.round(now - one.queuedAt);
    one.callback.reject(
      new HttpError(
        contract.codes.timedOut,
        `The request timed out after ${waited} ms in the queue; it was not computed.`,
      ),
    );
  }

  /** Rejects a request whose client has disconnected. */
  private isAbandoned(one: QueuedRequest): boolean {
    if (!one.caller.isGone()) return false;
    this.observer.rejected("client_gone");
    one.callback.reject(
      new HttpError(CLIENT_CLOSED_REQUEST, "The client disconnected before its request was computed."),
    );
    return true;
  }

  private async runBatch(batch: readonly QueuedRequest[]): Promise<void> {
    this.running++;
    const [first] = batch;
    if (first && batch.length === 1) await this.runAlone(first);
    else await this.runTogether(batch);
    this.running--;
    if (this.queue.length > 0) this.schedule();
  }

  private async runTogether(batch: readonly QueuedRequest[]): Promise<void> {
    let run: ModelRun;
    const rows = batch.reduce((sum, one) => sum + one.request.rows, 0);
    try {
      run = await this.session.run(joinRows(batch.map((one) => one.request.inputs)), outputsOf(batch), true);
    } catch (error) {
      if (error instanceof RunStoppedError) {
        for (const one of batch) one.callback.reject(error);
        return;
      }
      // A request that the model cannot compute must not fail the others, so each is computed alone.
      await Promise.all(batch.map((one) => this.runAlone(one)));
      return;
    }
    this.observe(run, batch, rows);
    let from = 0;
    const isLong = elementsOf(run.outputs) >= LONG_ELEMENTS;
    for (const one of batch) {
      // Before the next batch: its outputs would otherwise be in memory together with these.
      if (isLong && from > 0) await nextTurn();
      const outputs = takeRows(run.outputs, one.request.outputs, from, one.request.rows);
      if (!this.plan.isExact) this.inexact.add(outputs);
      one.callback.resolve(outputs);
      from += one.request.rows;
    }
  }

  private async runAlone(one: QueuedRequest): Promise<void> {
    let run: ModelRun;
    try {
      run = await this.runTwiceIfLost(one.request);
    } catch (error) {
      one.callback.reject(error instanceof WorkerLostError ? unavailable(error) : error);
      return;
    }
    this.observe(run, [one], one.request.rows);
    one.callback.resolve(run.outputs);
  }

  /** Retries once: a worker may exit for a reason of its own, but if the next one exits too, the request may be the cause. */
  private async runTwiceIfLost({ inputs, outputs }: Inference): Promise<ModelRun> {
    try {
      return await this.session.run(inputs, outputs);
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
      return this.session.run(inputs, outputs);
    }
  }

  private observe(run: ModelRun, batch: readonly QueuedRequest[], rows: number): void {
    this.observer.computed(run.seconds, rows, batch.length);
    const { startedAt, seconds } = run;
    for (const one of batch) {
      this.observer.queued((startedAt - one.queuedAt) / 1000);
      this.observer.ran?.(one.request, { queuedAt: one.queuedAt, startedAt, seconds, rows });
    }
  }
}

function unavailable(error: WorkerLostError): HttpError {
  return new HttpError(503, `The model could not compute: ${reasonOf(error)}.`, { "retry-after": "1" });
}

function elementsOf(outputs: Tensors): number {
  return Object.values(outputs).reduce((sum, { data }) => sum + data.length, 0);
}

function outputsOf(batch: readonly QueuedRequest[]): readonly string[] {
  const [first] = batch;
  if (first && batch.every((one) => one.request.outputs === first.request.outputs)) return first.request.outputs;
  return [...new Set(batch.flatMap((one) => one.request.outputs))];
}
