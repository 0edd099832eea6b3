import type { TrackCounts } from "../observation";
import type { Tally } from "../tally";

/** Where a track's counts come from. Times are seconds. */
export interface CounterSource {
  /** Start of the counters, on the clock of their server. */
  readonly startedAt?: number;
  /** Since when, on the driver's clock, the readings have been lower than an earlier one. */
  readonly behindSince?: number;
}

/** A reading that counts, if it does, and its source. */
interface Reading {
  readonly counts?: TrackCounts;
  readonly source: CounterSource;
  /** Whether the counters started again, so that what was counted before this reading is lost. */
  readonly hasRestarted: boolean;
}

/** Seconds after which counters that stay lower are those of a server that restarted without reporting its start. */
const RESTARTED_AFTER_SECONDS = 120;

/**
 * Whether a reading counts. Counters decrease when a server restarts, which a later start shows, or when a lagging replica of
 * Prometheus answers the query. The readings of a lagging replica are ignored until they have caught up, because
 * their increases have been counted before.
 */
export function acceptReading(
  tally: Tally | undefined,
  source: CounterSource,
  reading: TrackCounts | undefined,
  at: number,
): Reading {
  if (reading === undefined) return { source, hasRestarted: false };
  const hasDecreased = tally !== undefined && isBehind(tally, reading);
  if (hasDecreased && !isRestart(source, reading, at))
    return { source: { ...source, behindSince: source.behindSince ?? at }, hasRestarted: false };
  const startedAt = Number.isFinite(reading.startedAt) ? reading.startedAt : source.startedAt;
  return { counts: reading, source: startedAt === undefined ? {} : { startedAt }, hasRestarted: hasDecreased };
}

function isRestart({ startedAt, behindSince }: CounterSource, reading: TrackCounts, at: number): boolean {
  const isLaterStart = reading.startedAt !== undefined && reading.startedAt > (startedAt ?? -Infinity);
  return isLaterStart || (behindSince !== undefined && at - behindSince >= RESTARTED_AFTER_SECONDS);
}

function isBehind({ reading }: Tally, { requests, errors, latency }: TrackCounts): boolean {
  return (
    requests < reading.requests ||
    errors < reading.errors ||
    latency.counts.some((count, i) => count < (reading.latency.counts[i] ?? 0))
  );
}
