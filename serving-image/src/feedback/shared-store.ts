import { RedisStore } from "../cache/redis-store";
import type { CacheConfig } from "../cache/settings";

/** What all replicas know of feedback together, in the Redis of the prediction cache. Every call has a deadline. */
export class SharedStore {
  private readonly store: Promise<RedisStore>;

  constructor(
    redis: NonNullable<CacheConfig["redis"]>,
    private readonly keyPrefix: string,
    rememberedSeconds: number,
  ) {
    this.store = RedisStore.create(redis, rememberedSeconds).then((store) => {
      // If Redis is not available yet, the client keeps retrying.
      store.connect().catch(() => undefined);
      return store;
    });
  }

  /** Calls Redis with the full name of a key. */
  call<T>(key: string, deadlineMs: number, use: (store: RedisStore, key: string) => Promise<T>): Promise<T> {
    return withDeadline(
      deadlineMs,
      this.store.then((store) => use(store, `${this.keyPrefix}:feedback:${key}`)),
    );
  }
}

function withDeadline<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
