/** The clock that a rehearsed rollout goes by: seconds since its start, faster than the wall clock. */
export class RolloutClock {
  private readonly startedAt = performance.now();

  constructor(readonly speed: number) {}

  /** Seconds on the rollout's clock. */
  now(): number {
    return this.wallSeconds() * this.speed;
  }

  /** Seconds that have really passed. */
  wallSeconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** Real milliseconds that a time on the rollout's clock takes. */
  wallMilliseconds(seconds: number): number {
    return (seconds / this.speed) * 1000;
  }
}
