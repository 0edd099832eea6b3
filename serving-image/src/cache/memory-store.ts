import { LRUCache } from "lru-cache";
import type { CacheTally } from "../observability/cache-tally";
import type { CacheStore, Found } from "./cache-store";

interface Kept {
  readonly value: Buffer;
  readonly bytes: number;
  readonly whose: CacheTally;
}

/** What an entry takes beside its key and its value, roughly: the map's own place for it. */
const OVERHEAD_BYTES = 200;

/** Entries in the memory of this process, the ones unused for longest making room. */
export class MemoryStore implements CacheStore {
  private readonly entries: LRUCache<string, Kept>;

  constructor({ maxBytes }: { readonly maxBytes: number }, ttlSeconds: number) {
    this.entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      ttl: ttlSeconds * 1000,
      onInsert: ({ whose, bytes }) => count(whose, 1, bytes),
      dispose: ({ whose, bytes }) => count(whose, -1, -bytes),
    });
  }

  get(key: string): Found {
    return this.entries.get(key)?.value;
  }

  set(key: string, value: Buffer, whose: CacheTally): undefined {
    this.entries.set(key, { value, whose, bytes: key.length + value.length + OVERHEAD_BYTES });
  }

  close(): void {
    this.entries.clear();
  }
}

function count(whose: CacheTally, entries: number, bytes: number): void {
  whose.entries += entries;
  whose.bytes += bytes;
}
