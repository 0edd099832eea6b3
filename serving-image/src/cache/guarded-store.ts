import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";
import type { SkipReason } from "../observability/cache-tally";
import type { CacheStore, Found, RemoteStore } from "./cache-store";
import { CircuitBreaker } from "./circuit-breaker";
import type { CacheConfig } from "./settings";

const CONNECT_MS = 1000;

/** A server that keeps entries, as requests see it: it answers soon or is stepped over, and never fails. */
export class GuardedStore implements CacheStore {
  private readonly breaker: CircuitBreaker;

  constructor(
    private readonly store: RemoteStore,
    private readonly config: Pick<CacheConfig, "deadlineSeconds" | "breaker">,
    private readonly log: Log,
  ) {
    this.breaker = new CircuitBreaker(config.breaker, (isOpen, because) => {
      if (isOpen) this.log.warn({ cache: store.name, because }, "the cache is stepped over");
      else this.log.info({ cache: store.name, because }, "the cache is used");
    });
  }

  /** Gives the connection a moment; without one the server starts all the same. */
  async connect(): Promise<void> {
    const connected = this.store.connect().then(
      () => this.log.info({ cache: this.store.name }, "cache connected"),
      (error: unknown) => this.log.warn({ cache: this.store.name, because: reasonOf(error) }, "cache not connected"),
    );
    await Promise.race([connected, delay(CONNECT_MS, undefined, { ref: false })]);
  }

  get(key: string): Found | Promise<Found> {
    if (!this.breaker.mayTry()) return "open";
    return new Promise((resolve) => {
      let isOver = false;
      const end = (found: Found, failure?: string): void => {
        // What comes after its time says nothing good of the cache.
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        if (failure === undefined) this.breaker.succeeded();
        else this.breaker.failed(failure);
        resolve(found);
      };
      // The answer may have come in time, and only this process was too busy to read it: it does so before an immediate.
      const giveUp = (): unknown => setImmediate(() => end("deadline", `no answer in ${deadlineSeconds} s`));
      const { deadlineSeconds } = this.config;
      const timer = setTimeout(giveUp, deadlineSeconds * 1000);
      this.store.get(key).then(end, (error: unknown) => end("unavailable", reasonOf(error)));
    });
  }

  async set(key: string, value: Buffer): Promise<SkipReason | undefined> {
    if (!this.breaker.isClosed) return "open";
    try {
      await this.store.set(key, value);
      return undefined;
    } catch (error) {
      this.log.debug({ cache: this.store.name, because: reasonOf(error) }, "an entry was not written");
      return "not_written";
    }
  }

  close(): void {
    this.store.close();
  }
}
