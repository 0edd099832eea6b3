import { bytesOf, type PredictionRecord } from "./prediction-record";
import type { RetentionLimits } from "./settings";

interface Entry<T> {
  readonly record: T;
  readonly addedAt: number;
  readonly bytes: number;
}

/** Records by request id, oldest first. If there is no room, the oldest are dropped. */
export class PendingPairs<T extends PredictionRecord = PredictionRecord> {
  private readonly entries = new Map<string, Entry<T>>();
  private bytes = 0;

  constructor(
    private readonly limits: RetentionLimits,
    /** Called for each record that is dropped, because it waited too long or there was no room. */
    private readonly onDropped: (record: T, reason: "late" | "no_room") => void = () => undefined,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** A retried request has the same id as its first attempt; the last attempt counts. */
  add(record: T): void {
    this.take(record.id);
    const bytes = bytesOf(record);
    this.entries.set(record.id, { record, addedAt: performance.now(), bytes });
    this.bytes += bytes;
    for (const { record: oldest } of this.entries.values()) {
      if (this.entries.size <= this.limits.maxKept && this.bytes <= this.limits.maxKeptBytes) return;
      this.drop(oldest, "no_room");
    }
  }

  get(id: string): T | undefined {
    return this.entries.get(id)?.record;
  }

  /** Returns a record and removes it. */
  take(id: string): T | undefined {
    const found = this.entries.get(id);
    if (!found) return undefined;
    this.entries.delete(id);
    this.bytes -= found.bytes;
    return found.record;
  }

  ids(): string[] {
    return [...this.entries.keys()];
  }

  /** Drops the records that have waited too long. */
  expire(): void {
    const before = performance.now() - this.limits.ttlSeconds * 1000;
    for (const { record, addedAt } of this.entries.values()) {
      if (addedAt > before) return;
      this.drop(record, "late");
    }
  }

  private drop(record: T, reason: "late" | "no_room"): void {
    this.take(record.id);
    this.onDropped(record, reason);
  }
}
