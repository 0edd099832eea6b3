import type { CacheTally, SkipReason } from "../observability/cache-tally";

/** The result of a lookup: an entry, nothing, or why there was no lookup. */
export type LookupResult = Buffer | undefined | SkipReason;

/** A store of entries. It never rejects: a failing cache is the same as a cache without the entry. */
export interface CacheStore {
  get(key: string): LookupResult | Promise<LookupResult>;
  /** Resolves once the entry is stored, or with the reason why it is not. */
  set(key: string, value: Buffer, tally: CacheTally): SkipReason | undefined | Promise<SkipReason | undefined>;
  close(): void;
}

/** A command failed because there is no connection, and not because the server refused it. */
export class NotConnectedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "NotConnectedError";
  }
}

/** A cache server. It may fail, and take any time to do so. */
export interface RemoteStore {
  /** Its name in the log. */
  readonly name: string;
  /** Resolves once it is connected. */
  connect(): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  set(key: string, value: Buffer): Promise<unknown>;
  close(): void;
}
