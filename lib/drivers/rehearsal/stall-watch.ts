import type { Cleanup } from "./cleanup";

const TICK_MS = 10;
/** A tick later than this is no scheduling jitter any more. */
const STALL_MS = 20;

/**
 * Notices when this process is held up: another program has the processors, or the machine sleeps. What was timed
 * meanwhile says something about the machine and nothing about a model version.
 */
export class StallWatch {
  stalls = 0;
  longestMs = 0;
  private tickedAt = performance.now();
  private lastStallEndedAt = -Infinity;

  constructor(cleanup: Cleanup) {
    const timer = setInterval(() => this.tick(), TICK_MS);
    cleanup.add(() => clearInterval(timer));
  }

  /** Whether this process was held up at some moment since then. */
  stalledSince(then: number): boolean {
    return this.lastStallEndedAt >= then || performance.now() - this.tickedAt > TICK_MS + STALL_MS;
  }

  private tick(): void {
    const now = performance.now();
    const late = now - this.tickedAt - TICK_MS;
    this.tickedAt = now;
    if (late <= STALL_MS) return;
    this.stalls += 1;
    this.longestMs = Math.max(this.longestMs, late);
    this.lastStallEndedAt = now;
  }
}
