import type { Inference } from "../protocol/inference";

/** Why a request was not computed. */
export type RejectionReason = "queue_full" | "memory" | "expired" | "client_gone";

/** Receives what the batcher does, for the metrics. */
export interface BatchObserver {
  /** @param requests how many are in the queue now */
  waiting(requests: number): void;
  /** @param seconds how long a request waited for its run */
  queued(seconds: number): void;
  /** One run of the model ended, over so many rows of so many requests. */
  computed(seconds: number, rows: number, requests: number): void;
  rejected(reason: RejectionReason): void;
  /** Called for each computed request; undefined unless tracing is on. */
  readonly ran?: ((request: Inference, run: RunOfRequest) => void) | undefined;
}

/** When a request was computed; times are those of `performance.now()`. */
export interface RunOfRequest {
  readonly queuedAt: number;
  readonly startedAt: number;
  /** Duration of the run and its rows, including those of other requests. */
  readonly seconds: number;
  readonly rows: number;
}
