import type { CacheBreakerConfig } from "./settings";

/** Opens after several failures in a row; while it is open, a single request may retry from time to time. */
export class CircuitBreaker {
  private failures = 0;
  /** When the next retry is allowed, by `performance.now()`; undefined while it is closed. */
  private retryAt: number | undefined;

  /** @param onChange called when the breaker opens and when it closes */
  constructor(
    private readonly config: CacheBreakerConfig,
    private readonly onChange: (isOpen: boolean, reason: string) => void,
  ) {}

  /** Whether a request may use the cache now. While open, it allows one request per retry interval. */
  allowsRequest(): boolean {
    if (this.retryAt === undefined) return true;
    const now = performance.now();
    if (now < this.retryAt) return false;
    this.retryAt = now + this.config.retryAfterSeconds * 1000;
    return true;
  }

  get isClosed(): boolean {
    return this.retryAt === undefined;
  }

  succeeded(): void {
    this.failures = 0;
    if (this.retryAt === undefined) return;
    this.retryAt = undefined;
    this.onChange(false, "the cache answers again");
  }

  failed(reason: string): void {
    if (++this.failures < this.config.failures) return;
    const wasClosed = this.isClosed;
    this.retryAt = performance.now() + this.config.retryAfterSeconds * 1000;
    if (wasClosed) this.onChange(true, reason);
  }
}
