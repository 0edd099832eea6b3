import type { Redis } from "ioredis";
import type { RemoteStore } from "./cache-store";
import type { RedisCacheConfig } from "./settings";

/** A connection without a reply for this long is replaced by a new one. */
const TIMEOUT_MS = 2000;
const RECONNECT_MS = { first: 50, most: 1000 };

/** Entries in Redis or Valkey. */
export class RedisStore implements RemoteStore {
  readonly name: string;

  private constructor(
    private readonly client: Redis,
    private readonly ttlMilliseconds: number,
  ) {
    const { host, port } = client.options;
    this.name = `redis ${host}:${port}`;
    // Failed commands reject on their own, and the client reconnects by itself.
    client.on("error", () => undefined);
  }

  /** Loads the client's code on demand. */
  static async create(config: RedisCacheConfig & { password?: string }, ttlSeconds: number): Promise<RedisStore> {
    const { Redis } = await import("ioredis");
    const { url, host, port, username, password } = config;
    const options = {
      ...(host !== undefined && { host, port }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      lazyConnect: true,
      // A request never waits for a connection, and no command is retried.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      retryStrategy: (times: number) => Math.min(RECONNECT_MS.first * times, RECONNECT_MS.most),
    };
    const client = url === undefined ? new Redis(options) : new Redis(url, options);
    return new RedisStore(client, Math.ceil(ttlSeconds * 1000));
  }

  async connect(): Promise<void> {
    await this.client.connect();
  }

  async get(key: string): Promise<Buffer | undefined> {
    return (await this.client.getBuffer(key)) ?? undefined;
  }

  set(key: string, value: Buffer): Promise<unknown> {
    return this.client.set(key, value, "PX", this.ttlMilliseconds);
  }

  /** Adds a key if it does not exist; resolves with whether it was added. */
  async add(key: string): Promise<boolean> {
    return (await this.client.set(key, "", "PX", this.ttlMilliseconds, "NX")) !== null;
  }

  /** Appends values to a list, which expires some time after that. */
  async append(key: string, values: readonly string[], ttlMilliseconds: number): Promise<void> {
    await this.client
      .multi()
      .rpush(key, ...values)
      .pexpire(key, ttlMilliseconds)
      .exec();
  }

  /** Removes the first values of a list and resolves with them. No two callers get the same value. */
  async take(key: string, most: number): Promise<readonly string[]> {
    const replies = await this.client
      .multi()
      .lrange(key, 0, most - 1)
      .ltrim(key, most, -1)
      .exec();
    const [failure, values] = replies?.[0] ?? [];
    if (failure) throw failure;
    return Array.isArray(values) ? values.map(String) : [];
  }

  close(): void {
    this.client.disconnect();
  }
}
