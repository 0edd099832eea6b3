/** Entries lie in the memory of the process: the fastest, but every replica fills its own. */
export interface MemoryCacheConfig {
  /**
   * Bytes that all entries together may take; the ones unused for longest make room.
   * @default 67108864
   */
  readonly maxBytes: number;
}

/** A Redis or Valkey server that replicas share. */
export interface RedisCacheConfig {
  /**
   * `redis://host:port/database`, or `rediss://…` for TLS. Instead of `host` and `port`; without a password, see `passwordEnv`.
   * @default - `host` and `port` say it
   */
  readonly url?: string;
  /** @default - `url` says it */
  readonly host?: string;
  /** @default 6379 */
  readonly port: number;
  /**
   * User of the server's access control lists.
   * @default - the server's default user
   */
  readonly username?: string;
  /**
   * Name of the environment variable that holds the password.
   * @default - no password
   */
  readonly passwordEnv?: string;
}

/** Memcached servers that replicas share; each key lies on one of them. */
export interface MemcachedCacheConfig {
  /** `host:port` of each. */
  readonly servers: readonly string[];
}

/** When a cache that does not answer is no longer asked. */
export interface CacheBreakerConfig {
  /**
   * Failures in a row (no answer in time, no connection, an error) after which it is stepped over.
   * @default 5
   */
  readonly failures: number;
  /**
   * How long until one request tries it again.
   * @default 1
   */
  readonly retryAfterSeconds: number;
}

/** Where answers are kept, so that the same inputs are computed once: exactly one of `memory`, `redis` and `memcached`. */
export interface CacheConfig {
  /** @default - one of the others is used */
  readonly memory?: MemoryCacheConfig;
  /** @default - one of the others is used */
  readonly redis?: RedisCacheConfig & { readonly password?: string };
  /** @default - one of the others is used */
  readonly memcached?: MemcachedCacheConfig;
  /**
   * How long an answer may be given again, in seconds. Memcached counts whole ones, and may drop it up to one earlier.
   * @default 300
   */
  readonly ttlSeconds: number;
  /**
   * What keys begin with, where several services share a server.
   * @default "slipway"
   */
  readonly keyPrefix: string;
  /**
   * How long a request waits for Redis or memcached before it is computed all the same, in seconds.
   * @default 0.005
   */
  readonly deadlineSeconds: number;
  /**
   * Larger answers are not kept, in bytes. Memcached takes no more than 1 MiB unless it is told to.
   * @default 1000000
   */
  readonly maxEntryBytes: number;
  readonly breaker: CacheBreakerConfig;
}

/** The section of the configuration file. */
export type CacheSettings = Partial<Omit<CacheConfig, "memory" | "redis" | "memcached" | "breaker">> & {
  readonly memory?: Partial<MemoryCacheConfig>;
  readonly redis?: Partial<RedisCacheConfig>;
  readonly memcached?: MemcachedCacheConfig;
  readonly breaker?: Partial<CacheBreakerConfig>;
};
