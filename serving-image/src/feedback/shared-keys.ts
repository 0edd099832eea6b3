import { RedisStore } from "../cache/redis-store";
import type { CacheConfig } from "../cache/settings";
import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";

/** Longer than a cache is waited for: whoever reports something later is in no hurry. */
const DEADLINE_MS = 250;

/** Remembers, for all replicas together, what was reported: in the Redis of the prediction cache. */
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
      // One that is not there yet is tried again and again.
      store.connect().catch(() => undefined);
      return store;
    });
  }

  /** Whether nobody had reported it before; where that cannot be found out it counts as new. */
  async claim(model: string, key: string): Promise<boolean> {
    try {
      const isNew = await inTime(this.add(`${this.keyPrefix}:feedback:${model}:${key}`));
      this.isFailing = false;
      return isNew;
    } catch (error) {
      if (!this.isFailing)
        this.log.warn({ reason: reasonOf(error) }, "feedback is compared with that of this replica alone");
      this.isFailing = true;
      return true;
    }
  }

  private async add(key: string): Promise<boolean> {
    return (await this.store).add(key);
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
