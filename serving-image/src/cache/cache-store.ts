import type { CacheTally, SkipReason } from "../observability/cache-tally";

/** What a look into the cache found: an entry, nothing, or why it could not be looked. */
export type Found = Buffer | undefined | SkipReason;

/** Where entries lie. It never rejects: a cache that fails is one without the entry. */
export interface CacheStore {
  get(key: string): Found | Promise<Found>;
  /** Resolves once it is kept, or with why it is not. */
  set(key: string, value: Buffer, whose: CacheTally): SkipReason | undefined | Promise<SkipReason | undefined>;
  close(): void;
}

/** A server that keeps entries: it may fail, and take any time to do so. */
export interface RemoteStore {
  /** What it is called in the log. */
  readonly name: string;
  /** Resolves once it can be asked. */
  connect(): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  set(key: string, value: Buffer): Promise<unknown>;
  close(): void;
}
