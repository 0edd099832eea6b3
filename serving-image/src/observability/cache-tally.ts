import { Tally } from "./tally";

/** Why a request bypassed the cache, or its answer was not stored. */
export const SKIP_REASONS = ["deadline", "unavailable", "open", "unreadable", "too_large", "not_written"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What the cache did for the requests of one model version. */
export class CacheTally {
  /** Requests that were answered from the cache, and the time of the lookups. */
  readonly hits = new Tally();
  /** Requests that had to be computed, and the time of the lookups. */
  readonly misses = new Tally();
  /** Requests that shared the run of another request with the same inputs. */
  shared = 0;
  /** Bypasses by reason. */
  readonly skipped = new Map<SkipReason, number>();
  /** Entries in the memory of this process, and their bytes. */
  entries = 0;
  bytes = 0;

  skip(reason: SkipReason): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }
}
