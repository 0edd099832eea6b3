import type { CanaryPolicy } from "../../strategies/canary/policy";
import type { StageReport } from "./report/report";

interface OpenStage {
  readonly index: number;
  readonly weight: number;
  readonly from: number;
  readonly canaryRequests: number;
  waited: boolean;
}

/** Writes down which stage held from when to when. */
export class StageLog {
  private readonly closed: StageReport[] = [];
  private open: OpenStage | undefined;

  constructor(private readonly policy: CanaryPolicy) {}

  /** Notes the stage (−1 is the preparation) that holds at a time on the rollout's clock. */
  note(index: number, weight: number, at: number, canaryRequests: number): void {
    if (this.open?.index === index && this.open.weight === weight) return;
    this.close(at, canaryRequests);
    const from = this.closed.length === 0 ? 0 : at;
    this.open = { index, weight, from, canaryRequests, waited: false };
  }

  /** Notes that the stage's time is over and its gates want more samples. */
  wait(): void {
    if (this.open) this.open.waited = true;
  }

  /** The stages, the last of them ended at this time. */
  ended(at: number, canaryRequests: number): readonly StageReport[] {
    this.close(at, canaryRequests);
    return this.closed;
  }

  private close(at: number, canaryRequests: number): void {
    if (this.open === undefined || this.open.from === at) return;
    const { index, weight, from, canaryRequests: before, waited } = this.open;
    const hold = this.policy.stages[index]?.holdSeconds;
    this.closed.push({
      number: index + 1,
      weight,
      from,
      until: at,
      ...(hold !== undefined && { hold }),
      canaryRequests: canaryRequests - before,
      waited,
    });
    this.open = undefined;
  }
}
