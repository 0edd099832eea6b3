import { createHash } from "node:crypto";
import type { CacheTally } from "../observability/cache-tally";
import type { CacheStore, Found } from "./cache-store";

/**
 * Several servers, each with its part of the keys. A key's server depends on their names alone, so that all replicas
 * agree; where one is added or removed only its own part moves, and while one is down only its part is missed.
 */
export class SpreadStore implements CacheStore {
  private readonly places: readonly { readonly seed: number; readonly store: CacheStore }[];

  constructor(stores: readonly { readonly name: string; readonly store: CacheStore }[]) {
    this.places = stores.map(({ name, store }) => ({
      seed: createHash("sha256").update(name).digest().readUInt32LE(0),
      store,
    }));
  }

  get(key: string): Found | Promise<Found> {
    return this.storeOf(key).get(key);
  }

  set(key: string, value: Buffer, whose: CacheTally): ReturnType<CacheStore["set"]> {
    return this.storeOf(key).set(key, value, whose);
  }

  close(): void {
    for (const { store } of this.places) store.close();
  }

  /** The server whose number, mixed with the key's, is the highest (rendezvous hashing). */
  private storeOf(key: string): CacheStore {
    const number = numberOf(key);
    let best: CacheStore | undefined;
    let highest = -1;
    for (const { seed, store } of this.places) {
      const rank = mix(seed ^ number);
      if (rank > highest) [best, highest] = [store, rank];
    }
    if (!best) throw new Error("There is no server for the cache.");
    return best;
  }
}

/** Of the end of a key, which is that of a hash and so as good as random. */
function numberOf(key: string): number {
  return Buffer.from(key.slice(-6), "base64url").readUInt32LE(0);
}

/** The last step of MurmurHash3: every bit of the number decides on every bit of the result. */
function mix(number: number): number {
  let h = number;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
