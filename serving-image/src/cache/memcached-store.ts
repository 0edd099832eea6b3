import type { MemcacheClient } from "memcache-client";
import type { RemoteStore } from "./cache-store";

const TIMEOUT_MS = 2000;

/** Entries on one memcached server. */
export class MemcachedStore implements RemoteStore {
  readonly name: string;

  private constructor(
    server: string,
    private readonly client: MemcacheClient,
    private readonly lifetimeSeconds: number,
  ) {
    this.name = `memcached ${server}`;
  }

  /** Loads the client's code on demand. */
  static async create(server: string, ttlSeconds: number): Promise<MemcachedStore> {
    const { MemcacheClient } = await import("memcache-client");
    const client = new MemcacheClient({
      server: { server, maxConnections: 1 },
      connectTimeout: TIMEOUT_MS,
      cmdTimeout: TIMEOUT_MS,
      noDelay: true,
    });
    return new MemcachedStore(server, client, Math.ceil(ttlSeconds));
  }

  async connect(): Promise<void> {
    await this.client.version();
  }

  async get(key: string): Promise<Buffer | undefined> {
    return (await this.client.get<Buffer>(key))?.value;
  }

  set(key: string, value: Buffer): Promise<unknown> {
    return this.client.set(key, value, { lifetime: this.lifetimeSeconds });
  }

  close(): void {
    this.client.shutdown();
  }
}
