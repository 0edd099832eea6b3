import type { ModelConfig } from "../config/settings";
import type { Log } from "../core/log";
import type { CacheTally } from "../observability/cache-tally";
import type { ModelSignature } from "../protocol/datatypes";
import { CacheKeys } from "./cache-key";
import type { CacheStore, RemoteStore } from "./cache-store";
import { GuardedStore } from "./guarded-store";
import { MemcachedStore } from "./memcached-store";
import { MemoryStore } from "./memory-store";
import { ModelCache } from "./model-cache";
import { RedisStore } from "./redis-store";
import type { CacheConfig } from "./settings";
import { ShardedStore } from "./sharded-store";

/** What the cache needs to know about a model. */
interface CachedModel {
  readonly model: Pick<ModelConfig, "name" | "version">;
  readonly sha256: string;
  readonly signature: ModelSignature;
  readonly tally: CacheTally;
}

/** The cache of all models. */
export class PredictionCache {
  private constructor(
    private readonly config: CacheConfig,
    private readonly store: CacheStore,
  ) {}

  static async open(config: CacheConfig, log: Log): Promise<PredictionCache> {
    return new PredictionCache(config, await openStore(config, log));
  }

  /** The cache of one model artifact. */
  of({ model, sha256, signature, tally }: CachedModel): ModelCache {
    const keys = new CacheKeys(this.config.keyPrefix, model.name, model.version, sha256, signature);
    return new ModelCache(this.store, keys, tally, this.config.maxEntryBytes);
  }

  close(): void {
    this.store.close();
  }
}

async function openStore(config: CacheConfig, log: Log): Promise<CacheStore> {
  const { memory, redis, memcached, ttlSeconds } = config;
  if (memory) return new MemoryStore(memory, ttlSeconds);
  if (redis) return guard(await RedisStore.create(redis, ttlSeconds), config, log);
  const servers = memcached?.servers ?? [];
  const opened = servers.map(async (name) => {
    return { name, store: await guard(await MemcachedStore.create(name, ttlSeconds), config, log) };
  });
  return new ShardedStore(await Promise.all(opened));
}

async function guard(remote: RemoteStore, config: CacheConfig, log: Log): Promise<CacheStore> {
  const store = new GuardedStore(remote, config, log);
  await store.connect();
  return store;
}
