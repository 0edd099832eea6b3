import type { Inference } from "../protocol/inference";

/** Why a request was not computed. */
export type RejectionReason = "queue_full" | "expired" | "client_gone";

/** Is told what happened, for the metrics. */
export interface BatchObserver {
  /** So many requests wait now. */
  waiting(requests: number): void;
  /** A request waited this long for its run. */
  queued(seconds: number): void;
  /** A run of the model took this long, over so many rows of so many requests. */
  computed(seconds: number, rows: number, requests: number): void;
  rejected(reason: RejectionReason): void;
  /** A request was computed; only where somebody wants to know it of each. */
  readonly ran?: ((request: Inference, run: RunOfRequest) => void) | undefined;
}

/** When a request was computed; moments are those of `performance.now()`. */
export interface RunOfRequest {
  readonly queuedAt: number;
  readonly startedAt: number;
  /** How long the run took, and the rows in it, those of other requests included. */
  readonly seconds: number;
  readonly rows: number;
}
