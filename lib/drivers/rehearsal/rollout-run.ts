import { decide, evidence } from "../../strategies/canary/decide";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import type { CanaryState } from "../../strategies/canary/state";
import type { RolloutEvent, Weights } from "../../strategies/decision";
import type { GateEvidence } from "../../strategies/gates/evidence";
import type { Observation } from "../../strategies/observation";
import type { CallLedger } from "./call-ledger";
import type { RolloutClock } from "./clock";
import type { GatewayCounts } from "./gateway-counts";
import type { Observer } from "./observer";
import type { DetectionReport, Outcome } from "./report/report";
import type { Router } from "./router";
import { StageLog } from "./stage-log";
import { beginSwitch, type SwitchStart } from "./switch-watch";

/** What a run needs of the rest of the rehearsal. */
export interface RunOptions {
  readonly policy: CanaryPolicy;
  readonly clock: RolloutClock;
  readonly router: Router;
  readonly observer: Observer;
  readonly ledger: CallLedger;
  /** When the first fault of the canary begins, on the rollout's clock. */
  readonly faultAt: number | undefined;
  readonly onEvent: (event: RolloutEvent) => void;
}

/** A moment from which the time to detect is counted. */
interface Mark {
  readonly at: number;
  readonly wall: number;
  readonly routed: number;
}

const ENDS: Readonly<Partial<Record<CanaryState["phase"], Outcome>>> = {
  promoted: "promoted",
  "rolled-back": "rolled-back",
  paused: "paused",
};

/** The rollout itself: one look after another, and the router does as the policy says. */
export class RolloutRun {
  readonly events: RolloutEvent[] = [];
  readonly stages: StageLog;
  outcome: Outcome | undefined;
  observation: Observation | undefined;
  detection: DetectionReport | undefined;
  /** The last change of the weights. */
  lastSwitch: SwitchStart | undefined;
  private state: CanaryState | undefined;
  private weights: Weights;
  private mark: Mark | undefined;
  private extendedStage: number | undefined;

  constructor(private readonly options: RunOptions) {
    const { policy } = options;
    this.stages = new StageLog(policy);
    this.weights = { [policy.stable]: 100, [policy.canary]: 0 };
  }

  /** Percent of the requests for the canary. */
  get weight(): number {
    return this.weights[this.options.policy.canary] ?? 0;
  }

  /** Index of the stage; −1 in the preparation. */
  get stage(): number {
    return this.state?.stage ?? -1;
  }

  get gates(): readonly GateEvidence[] {
    return this.state === undefined ? [] : evidence(this.options.policy, this.state);
  }

  /** One look: what was seen, what the policy makes of it, and the weights that follow. */
  look(): void {
    if (this.outcome !== undefined) return;
    const { policy, clock, observer, onEvent } = this.options;
    const since = performance.now();
    const at = clock.now();
    this.noteMark(at);
    this.observation = observer.observe(at);
    const decision = decide(policy, this.state, this.observation);
    this.state = decision.state;
    this.apply(decision.weights, since);
    this.outcome = ENDS[decision.state.phase];
    if (this.outcome !== undefined) this.detection = this.detected();
    this.stages.note(this.stage, this.weight, at, this.canary.routed);
    for (const event of decision.events.filter((each) => this.isNews(each))) {
      this.events.push(event);
      onEvent(event);
    }
  }

  /** Moves the traffic; `since` is when the reason for it was seen. */
  apply(weights: Weights, since: number): void {
    if (Object.entries(weights).every(([track, weight]) => this.weights[track] === weight)) return;
    this.weights = weights;
    this.lastSwitch = beginSwitch(since, this.canary, this.options.ledger, () =>
      this.options.router.setWeights(weights),
    );
  }

  /** On a faster clock a stage that waits for samples is extended many times; once is news. */
  private isNews({ kind }: RolloutEvent): boolean {
    if (kind !== "extended") return true;
    this.stages.wait();
    const known = this.extendedStage === this.stage;
    this.extendedStage = this.stage;
    return !known;
  }

  private get canary(): GatewayCounts {
    return this.options.router.counts[this.options.policy.canary] as GatewayCounts;
  }

  private noteMark(at: number): void {
    if (this.mark !== undefined) return;
    const { faultAt } = this.options;
    const begun = faultAt === undefined ? this.canary.routed > 0 : at >= faultAt;
    if (begun) this.mark = { at, wall: performance.now(), routed: faultAt === undefined ? 0 : this.canary.routed };
  }

  private detected(): DetectionReport | undefined {
    if (this.outcome === "promoted" || this.mark === undefined) return undefined;
    return {
      since: this.options.faultAt === undefined ? "first canary request" : "fault",
      rolloutSeconds: this.options.clock.now() - this.mark.at,
      wallSeconds: (performance.now() - this.mark.wall) / 1000,
      canaryRequests: this.canary.routed - this.mark.routed,
    };
  }
}
