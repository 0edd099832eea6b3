import type { CanaryPolicy } from "../../strategies/canary/policy";
import type { StageReport } from "./report/report";

interface OpenStage {
  readonly index: number;
  readonly weight: number;
  readonly from: number;
  readonly canaryRequests: number;
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
    this.open = { index, weight, from, canaryRequests };
  }

  /** The stages, the last of them ended at this time. */
  ended(at: number, canaryRequests: number): readonly StageReport[] {
    this.close(at, canaryRequests);
    return this.closed;
  }

  private close(at: number, canaryRequests: number): void {
    if (this.open === undefined || this.open.from === at) return;
    const { index, weight, from, canaryRequests: before } = this.open;
    const hold = this.policy.stages[index]?.holdSeconds;
    this.closed.push({
      number: index + 1,
      weight,
      from,
      until: at,
      ...(hold !== undefined && { hold }),
      canaryRequests: canaryRequests - before,
    });
    this.open = undefined;
  }
}
