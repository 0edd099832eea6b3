import { contract } from "../../core/contract";
import { HttpError } from "../../core/http-error";
import { StartUpError } from "../../core/start-up-error";
import type { ModelRun } from "../session";
import { usedBytes } from "../memory/used-bytes";
import type { Isolation, WorkerChannel } from "./channel";
import { openProcess } from "./process-channel";
import { openThread } from "./thread-channel";
import {
  type LoadedReply,
  type LoadReply,
  type RunMessage,
  type RunReply,
  STOP,
  type WorkerTask,
} from "./worker-messages";

/** A worker exited before it had computed a request; the request itself may be fine. */
export class WorkerLostError extends Error {
  constructor(isolation: Isolation, reason: string) {
    super(`A worker ${isolation} exited: ${reason}.`);
    this.name = "WorkerLostError";
  }
}

/** A run was stopped together with its worker, because it took too long or needed too much memory. */
export class RunStoppedError extends HttpError {
  constructor(status: number, message: string) {
    super(status, `${message}, and its run was stopped.`);
    this.name = "RunStoppedError";
  }
}

/** How a worker is started and limited. */
export interface WorkerOptions {
  readonly isolation: Isolation;
  /** A run that takes longer ends its worker, in seconds. */
  readonly runTimeoutSeconds: number;
  /** Memory of the whole server. A run in a process that exceeds it ends its worker. */
  readonly memoryBytes?: number | undefined;
}

/** How often the memory of a run in a process is checked. */
const WATCH_MS = 10;
/** The system would end the server if it exceeded its memory limit, so a run is stopped before that. */
const MEMORY_SHARE = 0.85;

type LostListener = (worker: ModelWorker, error: WorkerLostError | RunStoppedError) => void;

/** One worker with one model, from the point of view of the event loop. It does one thing at a time. */
export class ModelWorker {
  private readonly channel: WorkerChannel;
  private settle: { resolve(reply: LoadReply | RunReply): void; reject(error: Error): void } | undefined;
  private lost: WorkerLostError | RunStoppedError | undefined;

  /** @param onLost called once if the worker ends without being asked to */
  constructor(
    task: WorkerTask,
    private readonly options: WorkerOptions,
    private readonly onLost: LostListener,
  ) {
    const open = options.isolation === "thread" ? openThread : openProcess;
    this.channel = open(task, {
      onReply: (reply) => {
        const { settle } = this;
        this.settle = undefined;
        settle?.resolve(reply);
      },
      onExit: (reason) => this.lose(new WorkerLostError(options.isolation, reason)),
    });
  }

  get isolation(): Isolation {
    return this.options.isolation;
  }

  /** Resolves once the model is loaded, with its signature, its graph and the duration of loading it. */
  async loaded(): Promise<LoadedReply> {
    const reply = await this.next<LoadReply>();
    if (reply.kind === "refused") throw new StartUpError(reply.problems);
    return reply;
  }

  /** @param canTransfer whether the inputs are not needed afterwards, so that their memory may be transferred */
  async run(message: RunMessage, canTransfer: boolean): Promise<ModelRun> {
    const reply = this.next<RunReply>();
    this.channel.send(message, canTransfer);
    const endWatch = this.watchRun();
    try {
      const run = await reply;
      if (run.kind === "failed") throw new Error(run.message);
      const { outputs, seconds, peakBytes } = run;
      return { outputs, startedAt: run.startedAt - performance.timeOrigin, seconds, peakBytes };
    } finally {
      endWatch();
    }
  }

  /** Lets the worker finish its work and exit. */
  async end(): Promise<void> {
    if (this.lost) return;
    this.lost = new WorkerLostError(this.isolation, "it was asked to");
    this.channel.send(STOP, false);
    await this.channel.exited;
    this.settle?.reject(this.lost);
  }

  /** Stops the run if it takes too long or needs too much memory. Returns a function that ends the watch. */
  private watchRun(): () => void {
    const { isolation, runTimeoutSeconds, memoryBytes } = this.options;
    const { timedOut, overloaded } = contract.codes;
    const tooLong = `The model did not finish within ${runTimeoutSeconds} s (workers.runTimeoutSeconds)`;
    const timer = setTimeout(() => this.stopRun(new RunStoppedError(timedOut, tooLong)), runTimeoutSeconds * 1000);
    if (isolation === "thread" || memoryBytes === undefined) return () => clearTimeout(timer);
    const tooMuch = "The model needed more memory than the server has (limits.memoryBytes)";
    const watch = setInterval(() => {
      if (usedBytes() > memoryBytes * MEMORY_SHARE) this.stopRun(new RunStoppedError(overloaded, tooMuch));
    }, WATCH_MS);
    return () => {
      clearTimeout(timer);
      clearInterval(watch);
    };
  }

  private stopRun(error: RunStoppedError): void {
    this.channel.kill();
    this.lose(error);
  }

  private lose(error: WorkerLostError | RunStoppedError): void {
    if (this.lost) return;
    this.lost = error;
    this.settle?.reject(error);
    this.onLost(this, error);
  }

  private next<T extends LoadReply | RunReply>(): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.lost) reject(this.lost);
      // Replies arrive in the order of the messages, and there is only one message at a time.
      else this.settle = { resolve: (reply) => resolve(reply as T), reject };
    });
  }
}
