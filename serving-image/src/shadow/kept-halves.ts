import { bytesOf, type Half } from "./half";
import type { KeepLimits } from "./settings";

interface Kept<T> {
  readonly half: T;
  readonly since: number;
  readonly bytes: number;
}

/** Halves by request id, the oldest first; where there is no room the oldest go. */
export class KeptHalves<T extends Half = Half> {
  private readonly kept = new Map<string, Kept<T>>();
  private bytes = 0;

  constructor(
    private readonly limits: KeepLimits,
    /** Is told of each that is given up: its time was over, or another needed its room. */
    private readonly onLost: (half: T, reason: "late" | "no_room") => void = () => undefined,
  ) {}

  get size(): number {
    return this.kept.size;
  }

  /** A request that was tried again has the id of the first try: the last one counts. */
  add(half: T): void {
    this.take(half.id);
    const bytes = bytesOf(half);
    this.kept.set(half.id, { half, since: performance.now(), bytes });
    this.bytes += bytes;
    for (const { half: oldest } of this.kept.values()) {
      if (this.kept.size <= this.limits.maxKept && this.bytes <= this.limits.maxKeptBytes) return;
      this.lose(oldest, "no_room");
    }
  }

  get(id: string): T | undefined {
    return this.kept.get(id)?.half;
  }

  /** Gives a half, and forgets it. */
  take(id: string): T | undefined {
    const found = this.kept.get(id);
    if (!found) return undefined;
    this.kept.delete(id);
    this.bytes -= found.bytes;
    return found.half;
  }

  ids(): string[] {
    return [...this.kept.keys()];
  }

  /** Gives up what has waited too long. */
  expire(): void {
    const before = performance.now() - this.limits.ttlSeconds * 1000;
    for (const { half, since } of this.kept.values()) {
      if (since > before) return;
      this.lose(half, "late");
    }
  }

  private lose(half: T, reason: "late" | "no_room"): void {
    this.take(half.id);
    this.onLost(half, reason);
  }
}
