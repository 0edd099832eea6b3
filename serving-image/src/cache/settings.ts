/** Entries are in the memory of the process. This is the fastest, but every replica has to fill its own. */
export interface MemoryCacheConfig {
  /**
   * Maximum size of all entries, in bytes; the least recently used ones are evicted.
   * @default 67108864
   */
  readonly maxBytes: number;
}

/** A Redis or Valkey server that replicas share. */
export interface RedisCacheConfig {
  /**
   * `redis://host:port/database`, or `rediss://…` for TLS, instead of `host` and `port`. Without a password, see `passwordEnv`.
   * @default - `host` and `port` are used
   */
  readonly url?: string;
  /** @default - `url` is used */
  readonly host?: string;
  /** @default 6379 */
  readonly port: number;
  /**
   * User in the server's access control lists.
   * @default - the server's default user
   */
  readonly username?: string;
  /**
   * Name of the environment variable that holds the password.
   * @default - no password
   */
  readonly passwordEnv?: string;
}

/** Memcached servers that replicas share; each key is on one of them. */
export interface MemcachedCacheConfig {
  /** `host:port` of each. */
  readonly servers: readonly string[];
}

/** When a failing cache is bypassed. */
export interface CacheBreakerConfig {
  /**
   * Consecutive failures (timeouts, connection errors, other errors) after which it is bypassed.
   * @default 5
   */
  readonly failures: number;
  /**
   * Seconds until one request retries it.
   * @default 1
   */
  readonly retryAfterSeconds: number;
}

/** Where answers are cached, so that the same inputs are computed once: exactly one of `memory`, `redis` and `memcached`. */
export interface CacheConfig {
  /** @default - one of the others is used */
  readonly memory?: MemoryCacheConfig;
  /** @default - one of the others is used */
  readonly redis?: RedisCacheConfig & { readonly password?: string };
  /** @default - one of the others is used */
  readonly memcached?: MemcachedCacheConfig;
  /**
   * How long an answer is cached, in seconds. Memcached counts whole seconds and may expire it up to one second earlier.
   * @default 300
   */
  readonly ttlSeconds: number;
  /**
   * Prefix of all keys, in case several services share a server.
   * @default "slipway"
   */
  readonly keyPrefix: string;
  /**
   * How long a request waits for Redis or memcached before it is computed anyway, in seconds.
   * @default 0.005
   */
  readonly deadlineSeconds: number;
  /**
   * Larger answers, in bytes, are not cached. Memcached accepts at most 1 MiB by default.
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
