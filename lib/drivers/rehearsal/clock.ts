/** The clock of a rehearsed rollout: seconds since its start, faster than real time. */
export class RolloutClock {
  private startedAt: number | undefined;

  constructor(readonly speed: number) {}

  start(): void {
    this.startedAt = performance.now();
  }

  get started(): boolean {
    return this.startedAt !== undefined;
  }

  /** Seconds on the rollout's clock; 0 until it is started. */
  now(): number {
    return this.wallSeconds() * this.speed;
  }

  /** Seconds of real time since the start. */
  wallSeconds(): number {
    return this.startedAt === undefined ? 0 : (performance.now() - this.startedAt) / 1000;
  }

  /** Real milliseconds that a time on the rollout's clock takes. */
  wallMilliseconds(seconds: number): number {
    return (seconds / this.speed) * 1000;
  }
}
