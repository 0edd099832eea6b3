import type { Split } from "../../../strategies/decision";
import type { StageReport } from "./report";

/** Requests that were routed to each track so far, by track name. */
export type Routed = Readonly<Record<string, number>>;

interface OpenStage {
  readonly split: Split;
  readonly from: number;
  readonly routed: Routed;
  waited: boolean;
}

/** Records each split and how long it lasted. */
export class StageLog {
  private readonly closed: StageReport[] = [];
  private open: OpenStage | undefined;

  /** `opening` is the split at the start. */
  constructor(opening: Split) {
    this.open = { split: opening, from: 0, routed: {}, waited: false };
  }

  /** Records the split that is in effect from a time on the rollout's clock. */
  record(split: Split, at: number, routed: Routed): void {
    if (this.open !== undefined && isSameSplit(this.open.split, split)) return;
    this.close(at, routed);
    this.open = { split, from: at, routed, waited: false };
  }

  /** Marks that the stage's hold time has passed and its gates need more samples. */
  markWaiting(): void {
    if (this.open) this.open.waited = true;
  }

  /** Ends the last stage and returns all of them. */
  finish(at: number, routed: Routed): readonly StageReport[] {
    this.close(at, routed);
    return this.closed;
  }

  private close(at: number, routed: Routed): void {
    if (this.open === undefined || this.open.from === at) return;
    const { split, from, routed: before, waited } = this.open;
    const requests = Object.fromEntries(
      Object.entries(routed).map(([track, count]) => [track, count - (before[track] ?? 0)]),
    );
    this.closed.push({ number: this.closed.length, ...split, from, until: at, requests, waited });
    this.open = undefined;
  }
}

/** Whether two splits route requests in the same way. */
export function isSameSplit(one: Split, other: Split): boolean {
  return sameWeights(one.weights, other.weights) && sameWeights(one.mirrors ?? {}, other.mirrors ?? {});
}

function sameWeights(one: Split["weights"], other: Split["weights"]): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => (one[name] ?? 0) === (other[name] ?? 0));
}
