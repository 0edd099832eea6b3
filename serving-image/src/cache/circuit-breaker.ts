import type { CacheBreakerConfig } from "./settings";

/** Keeps requests from a cache that has failed several times in a row; now and then one may try it again. */
export class CircuitBreaker {
  private failures = 0;
  /** When the next try is allowed, by `performance.now()`; undefined while it is closed. */
  private retryAt: number | undefined;

  /** @param changed is told when the cache is given up and when it is used again */
  constructor(
    private readonly config: CacheBreakerConfig,
    private readonly changed: (isOpen: boolean, because: string) => void,
  ) {}

  /** Whether it may be asked now. Where it is open, the one who is let through is the only one for a while. */
  mayTry(): boolean {
    if (this.retryAt === undefined) return true;
    const now = performance.now();
    if (now < this.retryAt) return false;
    this.retryAt = now + this.config.retryAfterSeconds * 1000;
    return true;
  }

  /** Whether requests pass as usual. */
  get isClosed(): boolean {
    return this.retryAt === undefined;
  }

  succeeded(): void {
    this.failures = 0;
    if (this.retryAt === undefined) return;
    this.retryAt = undefined;
    this.changed(false, "it answers again");
  }

  failed(because: string): void {
    if (++this.failures < this.config.failures) return;
    const wasClosed = this.isClosed;
    this.retryAt = performance.now() + this.config.retryAfterSeconds * 1000;
    if (wasClosed) this.changed(true, because);
  }
}
