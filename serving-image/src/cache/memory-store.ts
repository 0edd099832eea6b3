import { LRUCache } from "lru-cache";
import type { CacheTally } from "../observability/cache-tally";
import type { CacheStore, LookupResult } from "./cache-store";

interface Entry {
  readonly value: Buffer;
  readonly bytes: number;
  readonly tally: CacheTally;
}

/** Approximate memory of an entry in addition to its key and value. */
const OVERHEAD_BYTES = 200;

/** Entries in the memory of this process; the least recently used ones are evicted. */
export class MemoryStore implements CacheStore {
  private readonly entries: LRUCache<string, Entry>;

  constructor({ maxBytes }: { readonly maxBytes: number }, ttlSeconds: number) {
    this.entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      ttl: ttlSeconds * 1000,
      onInsert: ({ tally, bytes }) => count(tally, 1, bytes),
      dispose: ({ tally, bytes }) => count(tally, -1, -bytes),
    });
  }

  get(key: string): LookupResult {
    return this.entries.get(key)?.value;
  }

  set(key: string, value: Buffer, tally: CacheTally): undefined {
    this.entries.set(key, { value, tally, bytes: key.length + value.length + OVERHEAD_BYTES });
  }

  close(): void {
    this.entries.clear();
  }
}

function count(tally: CacheTally, entries: number, bytes: number): void {
  tally.entries += entries;
  tally.bytes += bytes;
}
