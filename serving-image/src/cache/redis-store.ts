import type { Redis } from "ioredis";
import { connectionProblem } from "../core/connection-problem";
import { reasonOf } from "../core/start-up-error";
import { isObject } from "../protocol/json";
import { NotConnectedError, type RemoteStore } from "./cache-store";
import type { RedisCacheConfig } from "./settings";

/** A connection without a reply for this long is replaced by a new one. */
const TIMEOUT_MS = 2000;
const RECONNECT_MS = { first: 50, most: 1000 };

/** A server that is a replica now may be the wrong one for long: connecting again is not tried more often than this. */
const READONLY_RECONNECT_MS = 5000;

const NOT_CONNECTED = new Error("it is not connected at the moment");

/** What a person can do about an error of Redis, by its first word. */
const FIXES: Readonly<Record<string, string>> = {
  NOAUTH: "Redis requires a password; set cache.redis.passwordEnv",
  WRONGPASS: "check cache.redis.username and the variable that cache.redis.passwordEnv names",
  NOPERM: "the user of cache.redis.username may not use the commands or keys of the cache",
  READONLY: "the server is a replica; check that cache.redis names the primary",
  "ERR DB": "check the number of the database in cache.redis.url",
  "ERR invalid DB": "check the number of the database in cache.redis.url",
  "Unknown RESP": "the server does not speak the protocol of Redis; check the host and the port",
};

/** Entries in Redis or Valkey. */
export class RedisStore implements RemoteStore {
  readonly name: string;
  /** Why the last connection failed, until one succeeds; the client itself only says that there is none. */
  private connectionFailure: unknown;
  /** Why the configured database cannot be selected. The client would use another one. */
  private databaseFailure: unknown;

  private constructor(
    private readonly client: Redis,
    private readonly ttlMilliseconds: number,
  ) {
    const { host, port } = client.options;
    this.name = `redis ${host}:${port}`;
    // Failed commands reject on their own, and the client reconnects by itself.
    client.on("error", (error) => {
      if (isOfSelect(error)) this.databaseFailure = error;
      else this.connectionFailure = error;
    });
    client.on("ready", () => (this.connectionFailure = undefined));
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
      reconnectOnError: reconnectToPrimary(),
      retryStrategy: (times: number) => Math.min(RECONNECT_MS.first * times, RECONNECT_MS.most),
    };
    const client = url === undefined ? new Redis(options) : new Redis(url, options);
    return new RedisStore(client, Math.ceil(ttlSeconds * 1000));
  }

  async connect(): Promise<void> {
    await this.client.connect().catch((error: unknown) => this.reject(error));
  }

  get(key: string): Promise<Buffer | undefined> {
    return this.run(async () => (await this.client.getBuffer(key)) ?? undefined);
  }

  set(key: string, value: Buffer): Promise<unknown> {
    return this.run(() => this.client.set(key, value, "PX", this.ttlMilliseconds));
  }

  /** Adds a key if it does not exist; resolves with whether it was added. */
  add(key: string): Promise<boolean> {
    return this.run(async () => (await this.client.set(key, "", "PX", this.ttlMilliseconds, "NX")) !== null);
  }

  /** Appends values to a list, which expires some time after that. */
  async append(key: string, values: readonly string[], ttlMilliseconds: number): Promise<void> {
    const transaction = this.client
      .multi()
      .rpush(key, ...values)
      .pexpire(key, ttlMilliseconds);
    await this.run(() => transaction.exec());
  }

  /** Removes the first values of a list and resolves with them. No two callers get the same value. */
  async take(key: string, most: number): Promise<readonly string[]> {
    const transaction = this.client
      .multi()
      .lrange(key, 0, most - 1)
      .ltrim(key, most, -1);
    const [failure, values] = (await this.run(() => transaction.exec()))?.[0] ?? [];
    if (failure) throw failure;
    return Array.isArray(values) ? values.map(String) : [];
  }

  close(): void {
    this.client.disconnect();
  }

  private async run<T>(command: () => Promise<T>): Promise<T> {
    if (this.databaseFailure !== undefined) return this.reject(this.databaseFailure);
    try {
      return await command();
    } catch (error) {
      return this.reject(error);
    }
  }

  /** Throws the reason why there is no connection, or else that of the command, with what can be done about it. */
  private reject(error: unknown): never {
    const isReply = error instanceof Error && error.name === "ReplyError";
    const cause = isReply ? error : (this.connectionFailure ?? NOT_CONNECTED);
    const reason = reasonOf(cause);
    const known = Object.entries(FIXES).find(([start]) => reason.startsWith(start));
    const message = known ? known.join(": ") : connectionProblem(cause);
    throw isReply ? new Error(message) : new NotConnectedError(message);
  }
}

/** Whether an error is the answer to the command that selects the database. */
function isOfSelect(error: unknown): boolean {
  return error instanceof Error && "command" in error && isObject(error.command) && error.command.name === "select";
}

/** A primary that was demoted keeps its connections but refuses writes: its name may lead to the new primary by now. */
function reconnectToPrimary(): (error: Error) => boolean {
  let last = -Infinity;
  return ({ message }) => {
    const now = performance.now();
    if (!message.startsWith("READONLY") || now - last < READONLY_RECONNECT_MS) return false;
    last = now;
    return true;
  };
}
