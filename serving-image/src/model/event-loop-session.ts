import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";
import type { ModelSignature, Tensors } from "../protocol/datatypes";
import { elementsOf } from "./rows";
import type { ModelRun, ModelRunner, ModelSession } from "./session";
import { WorkerLostError } from "./workers/model-worker";

/** How long runs may block the event loop in one turn, in seconds. */
const LOOP_TURN_SECONDS = 0.002;
/** A run that blocks the event loop for longer moves the model to workers, in seconds, unless a longer one is allowed. */
const LONGEST_RUN_SECONDS = 0.005;
/** A long run is repeated in a worker, since the machine may just have been busy. */
const REPETITIONS = 3;

/** What was measured of a model that may run on the event loop. */
export interface LoopLimits {
  /** Duration of a run with the largest batch. */
  readonly runSeconds: number;
  /** The most elements that inputs may have, all together. Requests with more are computed in a worker. */
  readonly maxElements: number;
  /** Runs may take this long on the event loop. */
  readonly aboveSeconds: number;
}

/** Starts workers for the same model. */
type OpenWorkers = () => Promise<ModelSession>;

/**
 * A model that computes on the event loop as long as its runs are short. A request that is larger than those that were
 * measured is computed in a worker; so is every request once a run took too long.
 */
export class EventLoopSession implements ModelSession {
  readonly signature: ModelSignature;
  private readonly loopCapacity: number;
  private readonly longestMs: number;
  private opening: Promise<ModelSession> | undefined;
  private workers: ModelSession | undefined;
  private hasMoved = false;
  private isChecking = false;

  constructor(
    private readonly model: ModelRunner,
    private readonly limits: LoopLimits,
    private readonly openWorkers: OpenWorkers,
    private readonly log: Log,
  ) {
    this.signature = model.signature;
    this.loopCapacity = Math.max(1, Math.floor(LOOP_TURN_SECONDS / limits.runSeconds));
    this.longestMs = Math.max(LONGEST_RUN_SECONDS, limits.aboveSeconds) * 1000;
  }

  get capacity(): number {
    const inWorkers = this.workers?.capacity ?? 0;
    return this.hasMoved ? Math.max(1, inWorkers) : this.loopCapacity + inWorkers;
  }

  get unavailableReason(): string | undefined {
    return this.hasMoved ? this.workers?.unavailableReason : undefined;
  }

  run(inputs: Tensors, outputs: readonly string[], canTransfer?: boolean): Promise<ModelRun> {
    if (this.hasMoved || elementsOf(inputs) > this.limits.maxElements) {
      return this.runInWorker(inputs, outputs, canTransfer);
    }
    const startedAt = performance.now();
    const run = this.model.run(inputs, outputs);
    if (performance.now() - startedAt > this.longestMs && !this.isChecking) void this.check(inputs, outputs);
    return run;
  }

  async release(): Promise<void> {
    await this.model.release();
    await (await this.opening?.catch(() => undefined))?.release();
  }

  private async runInWorker(inputs: Tensors, outputs: readonly string[], canTransfer?: boolean): Promise<ModelRun> {
    return (await this.open()).run(inputs, outputs, canTransfer);
  }

  private open(): Promise<ModelSession> {
    this.opening ??= this.openWorkers().then(
      (workers) => (this.workers = workers),
      (error: unknown) => {
        // The next request tries again.
        this.opening = undefined;
        throw new WorkerLostError("thread", reasonOf(error));
      },
    );
    return this.opening;
  }

  /**
   * Repeats a long run in a worker, and moves the model if it is long there, too. Until then it computes on the event loop: a
   * worker takes a while to start, and most often the machine was just busy.
   */
  private async check(inputs: Tensors, outputs: readonly string[]): Promise<void> {
    this.isChecking = true;
    const runSeconds = await this.fastestInWorker(inputs, outputs);
    this.isChecking = false;
    if (runSeconds === undefined || runSeconds * 1000 <= this.longestMs) return;
    this.hasMoved = true;
    this.log.warn(
      { runSeconds, allowedSeconds: this.longestMs / 1000 },
      "the model moved from the event loop to workers",
    );
  }

  /** Undefined if no worker can be started, such as while the file of the model is replaced. */
  private async fastestInWorker(inputs: Tensors, outputs: readonly string[]): Promise<number | undefined> {
    const workers = await this.open().catch(() => undefined);
    let fastest: number | undefined;
    try {
      for (let i = 0; workers && i < REPETITIONS; i++) {
        fastest = Math.min(fastest ?? Infinity, (await workers.run(inputs, outputs)).seconds);
      }
    } catch {
      // In a worker, a run that fails or takes too long affects nothing else.
      return Infinity;
    }
    return fastest;
  }
}
