import { setTimeout as delay } from "node:timers/promises";
import { connectionProblem } from "../core/connection-problem";
import type { Log } from "../core/log";
import { OutageLog } from "../core/outage-log";
import type { SkipReason } from "../observability/cache-tally";
import { type CacheStore, type LookupResult, NotConnectedError, type RemoteStore } from "./cache-store";
import { CircuitBreaker } from "./circuit-breaker";
import type { CacheConfig } from "./settings";

const CONNECT_MS = 1000;

/** Protects requests from a cache server: it answers before the deadline or is bypassed, and never fails. */
export class GuardedStore implements CacheStore {
  private readonly breaker: CircuitBreaker;
  private readonly writes: OutageLog;
  /** Why the last lookup failed: a write that fails for the same reason says nothing new. */
  private lookupFailure = "";

  constructor(
    private readonly store: RemoteStore,
    private readonly config: Pick<CacheConfig, "deadlineSeconds" | "breaker">,
    private readonly log: Log,
  ) {
    this.writes = new OutageLog(
      log,
      { cache: store.name },
      "the cache refuses entries",
      "the cache accepts entries again",
    );
    this.breaker = new CircuitBreaker(config.breaker, (isOpen, reason) => {
      if (isOpen) this.log.warn({ cache: store.name, reason }, "the cache is bypassed");
      else this.log.info({ cache: store.name, reason }, "the cache is in use again");
    });
  }

  /** Waits a moment for the connection; the server also starts without one. */
  async connect(): Promise<void> {
    const connected = this.store.connect().then(
      () => this.log.info({ cache: this.store.name }, "cache connected"),
      (error: unknown) =>
        this.log.warn({ cache: this.store.name, reason: connectionProblem(error) }, "cache not connected"),
    );
    await Promise.race([connected, delay(CONNECT_MS, undefined, { ref: false })]);
  }

  get(key: string): LookupResult | Promise<LookupResult> {
    if (!this.breaker.allowsRequest()) return "open";
    return new Promise((resolve) => {
      let isOver = false;
      const end = (found: LookupResult, failure?: string): void => {
        // An answer after the deadline must not close the breaker.
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        this.lookupFailure = failure ?? "";
        if (failure === undefined) this.breaker.succeeded();
        else this.breaker.failed(failure);
        resolve(found);
      };
      // The answer may have arrived in time while this process was too busy to read it; it is read before an immediate runs.
      const giveUp = (): unknown => setImmediate(() => end("deadline", `no answer in ${deadlineSeconds} s`));
      const { deadlineSeconds } = this.config;
      const timer = setTimeout(giveUp, deadlineSeconds * 1000);
      this.store.get(key).then(end, (error: unknown) => end("unavailable", connectionProblem(error)));
    });
  }

  async set(key: string, value: Buffer): Promise<SkipReason | undefined> {
    if (!this.breaker.isClosed) return "open";
    try {
      await this.store.set(key, value);
      this.writes.succeeded();
      return undefined;
    } catch (error) {
      const reason = connectionProblem(error);
      if (!(error instanceof NotConnectedError) && reason !== this.lookupFailure) this.writes.failed(reason);
      return "not_written";
    }
  }

  close(): void {
    this.store.close();
  }
}
