import type { CacheConfig, MemcachedCacheConfig, MemoryCacheConfig, RedisCacheConfig } from "../cache/settings";
import type { SettingReader } from "./setting-reader";

const KINDS = ["memory", "redis", "memcached"] as const;
const HOST = /^[A-Za-z0-9._-]{1,253}$/;
const HOST_AND_PORT = /^[A-Za-z0-9._-]{1,253}:\d{1,5}$/;
// A URL with a password also matches: it is rejected separately, without printing it.
const REDIS_URL = /^rediss?:\/\/[^/\s]+(?:\/\d{1,5})?$|@/;
const KEY_PREFIX = /^[A-Za-z0-9._:-]{1,64}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
// Memcached interprets a longer TTL as a date.
const MAX_TTL_SECONDS = 30 * 24 * 3600;

/** The settings of the cache; undefined if none is configured. */
export function readCache(reader: SettingReader): CacheConfig | undefined {
  if (!reader.has("cache")) return undefined;
  return {
    ...readStore(reader),
    ttlSeconds: reader.number("cache.ttlSeconds", { min: 1, max: MAX_TTL_SECONDS }, 300),
    keyPrefix: reader.text("cache.keyPrefix", KEY_PREFIX, "up to 64 letters, digits, dots, colons and dashes", {
      fallback: "slipway",
    }),
    deadlineSeconds: reader.number("cache.deadlineSeconds", { min: 0.001, max: 10 }, 0.005),
    maxEntryBytes: reader.integer("cache.maxEntryBytes", { min: 1, max: 2 ** 29 }, 1_000_000),
    breaker: {
      failures: reader.integer("cache.breaker.failures", { min: 1, max: 1000 }, 5),
      retryAfterSeconds: reader.number("cache.breaker.retryAfterSeconds", { min: 0.01, max: 3600 }, 1),
    },
  };
}

function readStore(reader: SettingReader): Pick<CacheConfig, (typeof KINDS)[number]> {
  const given = KINDS.filter((kind) => reader.has(`cache.${kind}`));
  if (given.length !== 1) {
    const what = given.length === 0 ? "does not say where answers are stored" : `has ${given.join(" and ")}`;
    reader.conflict("cache", `${what}.`, `Set exactly one of ${KINDS.map((kind) => `cache.${kind}`).join(", ")}.`);
  }
  // All of them are read, so that every problem is found at once.
  const memory = reader.has("cache.memory") && readMemory(reader);
  const redis = reader.has("cache.redis") && readRedis(reader);
  const memcached = reader.has("cache.memcached") && readMemcached(reader);
  return { ...(memory && { memory }), ...(redis && { redis }), ...(memcached && { memcached }) };
}

function readMemory(reader: SettingReader): MemoryCacheConfig {
  return { maxBytes: reader.integer("cache.memory.maxBytes", { min: 1024, max: 2 ** 40 }, 64 * 2 ** 20) };
}

function readRedis(reader: SettingReader): NonNullable<CacheConfig["redis"]> {
  const url = reader.optionalText("cache.redis.url", REDIS_URL, "redis://host:port/database or rediss://… for TLS");
  if (url?.includes("@")) {
    const fix = "Set cache.redis.username, and name the password's environment variable in cache.redis.passwordEnv.";
    reader.conflict("cache.redis.url", "contains a user or a password.", fix);
  }
  const host = reader.optionalText("cache.redis.host", HOST, "a host's name or address");
  const isGiven = reader.has("cache.redis.url") || reader.has("cache.redis.host");
  if (!isGiven || (url !== undefined && host !== undefined)) {
    const what = isGiven ? "has a url and a host" : "has neither a url nor a host";
    reader.conflict("cache.redis", `${what}.`, "Set exactly one of cache.redis.url and cache.redis.host.");
  }
  const username = reader.optionalText("cache.redis.username", /^\S+$/, "a user's name");
  const passwordEnv = reader.optionalText("cache.redis.passwordEnv", VARIABLE, "the name of an environment variable");
  const password = passwordEnv === undefined ? undefined : reader.secret("cache.redis.passwordEnv", passwordEnv);
  const given: Omit<RedisCacheConfig, "port"> = {
    ...(url && { url }),
    ...(host && { host }),
    ...(username && { username }),
    ...(passwordEnv && { passwordEnv }),
  };
  const port = reader.integer("cache.redis.port", { min: 1, max: 65535 }, 6379);
  return { ...given, port, ...(password && { password }) };
}

function readMemcached(reader: SettingReader): MemcachedCacheConfig {
  return { servers: reader.texts("cache.memcached.servers", HOST_AND_PORT, "a list of host:port") };
}
