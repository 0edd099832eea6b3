import { createHash } from "node:crypto";
import type { CacheTally } from "../observability/cache-tally";
import type { CacheStore, LookupResult } from "./cache-store";

/**
 * Several servers that share the keys by rendezvous hashing. The server of a key depends only on the names of the servers,
 * so all replicas agree. If a server is added or removed, only its own keys move; while one is down, only its keys miss.
 */
export class ShardedStore implements CacheStore {
  private readonly shards: readonly { readonly seed: number; readonly store: CacheStore }[];

  constructor(stores: readonly { readonly name: string; readonly store: CacheStore }[]) {
    this.shards = stores.map(({ name, store }) => ({
      seed: createHash("sha256").update(name).digest().readUInt32LE(0),
      store,
    }));
  }

  get(key: string): LookupResult | Promise<LookupResult> {
    return this.storeOf(key).get(key);
  }

  set(key: string, value: Buffer, tally: CacheTally): ReturnType<CacheStore["set"]> {
    return this.storeOf(key).set(key, value, tally);
  }

  close(): void {
    for (const { store } of this.shards) store.close();
  }

  /** The server with the highest score for the key. */
  private storeOf(key: string): CacheStore {
    const number = numberOf(key);
    let best: CacheStore | undefined;
    let highest = -1;
    for (const { seed, store } of this.shards) {
      const rank = mix(seed ^ number);
      if (rank > highest) [best, highest] = [store, rank];
    }
    if (!best) throw new Error("No cache server is configured.");
    return best;
  }
}

/** Reads the end of a key, which is the end of a hash and therefore as good as random. */
function numberOf(key: string): number {
  return Buffer.from(key.slice(-6), "base64url").readUInt32LE(0);
}

/** The finalizer of MurmurHash3: every bit of the number affects every bit of the result. */
function mix(number: number): number {
  let h = number;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
