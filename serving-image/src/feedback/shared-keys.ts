import { RedisStore } from "../cache/redis-store";
import type { CacheConfig } from "../cache/settings";
import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";

/** Longer than the deadline of the cache, since feedback is not urgent. */
const DEADLINE_MS = 250;

/** Remembers the reports of all replicas, in the Redis of the prediction cache. */
export class SharedKeys {
  private readonly store: Promise<RedisStore>;
  private isFailing = false;

  constructor(
    redis: NonNullable<CacheConfig["redis"]>,
    private readonly keyPrefix: string,
    rememberedSeconds: number,
    private readonly log: Log,
  ) {
    this.store = RedisStore.create(redis, rememberedSeconds).then((store) => {
      // If Redis is not available yet, the client keeps retrying.
      store.connect().catch(() => undefined);
      return store;
    });
  }

  /** Whether the report is new. If Redis does not answer, it counts as new. */
  async claim(model: string, key: string): Promise<boolean> {
    try {
      const isNew = await withDeadline(this.add(`${this.keyPrefix}:feedback:${model}:${key}`));
      this.isFailing = false;
      return isNew;
    } catch (error) {
      if (!this.isFailing)
        this.log.warn({ reason: reasonOf(error) }, "duplicate feedback is only detected within this replica");
      this.isFailing = true;
      return true;
    }
  }

  private async add(key: string): Promise<boolean> {
    return (await this.store).add(key);
  }
}

function withDeadline<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
