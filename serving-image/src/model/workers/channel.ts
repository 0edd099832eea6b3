import type { LoadReply, RunReply, WorkerMessage } from "./worker-messages";

/**
 * What a worker runs in. Threads share the process: messages are cheap, but a thread that is inside the runtime cannot be
 * ended. A process can be ended at any time.
 */
export type Isolation = "thread" | "process";

/** A connection to one worker. */
export interface WorkerChannel {
  /** Sends a message; the memory of `transferable` may be moved instead of copied. */
  send(message: WorkerMessage, canTransfer: boolean): void;
  /** Ends the worker at once. A thread ignores this until its run is over. */
  kill(): void;
  /** Resolves once the worker has exited. */
  readonly exited: Promise<void>;
}

export interface ChannelListener {
  onReply(reply: LoadReply | RunReply): void;
  /** Called at least once when the worker exits. */
  onExit(reason: string): void;
}
