import type { Redis } from "ioredis";
import type { RemoteStore } from "./cache-store";
import type { RedisCacheConfig } from "./settings";

/** A connection on which nothing comes for so long, though something was asked, is given up for a new one. */
const SILENT_MS = 2000;
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
    // What fails is told to whoever asked; the connection itself is opened anew until it holds.
    client.on("error", () => undefined);
  }

  /** The client's code is read only where it is used. */
  static async create(config: RedisCacheConfig & { password?: string }, ttlSeconds: number): Promise<RedisStore> {
    const { Redis } = await import("ioredis");
    const { url, host, port, username, password } = config;
    const options = {
      ...(host !== undefined && { host, port }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      lazyConnect: true,
      // A request never waits for a connection, and nothing is asked a second time.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: SILENT_MS,
      socketTimeout: SILENT_MS,
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

  /** Puts a key there that was not; resolves with whether it was not. */
  async add(key: string): Promise<boolean> {
    return (await this.client.set(key, "", "PX", this.ttlMilliseconds, "NX")) !== null;
  }

  close(): void {
    this.client.disconnect();
  }
}
