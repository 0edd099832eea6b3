import { Tally } from "./tally";

/** Why a request was answered without the cache, or its answer not kept. */
export const SKIP_REASONS = ["deadline", "unavailable", "open", "unreadable", "too_large", "not_written"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What the cache did for the requests of one model version. */
export class CacheTally {
  /** Requests whose answer lay there, and the time of the look. */
  readonly hits = new Tally();
  /** Requests whose answer had to be computed, and the time of the look. */
  readonly misses = new Tally();
  /** Requests that were given the answer of a run that another one had begun. */
  shared = 0;
  /** How often the cache was stepped over, by the reason. */
  readonly skipped = new Map<SkipReason, number>();
  /** Entries in this process's memory, and their bytes. */
  entries = 0;
  bytes = 0;

  skip(reason: SkipReason): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }
}
