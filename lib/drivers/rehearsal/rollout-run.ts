import { resultsOf } from "../../strategies/ab-test/results";
import type { VariantResult } from "../../strategies/result";
import type { AbTestState } from "../../strategies/ab-test/policy";
import type { RolloutEvent, Split } from "../../strategies/decision";
import type { GateEvidence } from "../../strategies/gates/evidence";
import type { Observation } from "../../strategies/observation";
import type { RolloutPolicy } from "../../strategies/registry";
import type { Outcome, Strategy } from "../../strategies/strategy";
import type { CallLedger } from "./call-ledger";
import type { RolloutClock } from "./clock";
import type { GatewayCounts } from "./gateway-counts";
import { headline, withoutRepetition } from "./headline";
import type { Observer } from "./observer";
import type { DetectionReport } from "./report/report";
import type { Router } from "./router";
import { isSameSplit, StageLog, type Routed } from "./stage-log";
import { beginSwitch, type SwitchStart } from "./switch-watch";
import type { Users } from "./users";

/** What a run needs of the rest of the rehearsal. */
export interface RunOptions {
  readonly strategy: Strategy<RolloutPolicy, unknown>;
  readonly policy: RolloutPolicy;
  readonly clock: RolloutClock;
  readonly router: Router;
  readonly observer: Observer;
  readonly ledger: CallLedger;
  readonly users: Users;
  /** When the first fault of a track on trial begins, on the rollout's clock. */
  readonly faultAt: number | undefined;
  readonly onEvent: (event: RolloutEvent) => void;
}

/** A moment from which the time to detect is counted. */
interface Mark {
  readonly at: number;
  readonly wall: number;
  readonly routed: number;
}

/** The rollout itself: one look after another, and the router does as the policy says. */
export class RolloutRun {
  readonly events: RolloutEvent[] = [];
  readonly stages: StageLog;
  outcome: Outcome | undefined;
  observation: Observation | undefined;
  detection: DetectionReport | undefined;
  /** Number of the stage; 0 is the preparation. */
  stage = 0;
  split: Split;
  /** The split that the policy last decided; a drill has another. */
  decided: Split;
  /** The last change of the split. */
  lastSwitch: SwitchStart | undefined;
  private readonly trials: readonly string[];
  private state: unknown;
  private mark: Mark | undefined;
  private extendedStage: number | undefined;

  constructor(private readonly options: RunOptions) {
    const { strategy, policy } = options;
    this.split = this.decided = strategy.opening(policy);
    this.stages = new StageLog(this.split);
    this.trials = strategy.tracks(policy).slice(1);
  }

  get gates(): readonly GateEvidence[] {
    const { strategy, policy } = this.options;
    return this.state === undefined ? [] : strategy.evidence(policy, this.state);
  }

  /** What an A/B test says of its variants now; nothing in any other rollout. */
  get results(): readonly VariantResult[] {
    const { policy } = this.options;
    // The state came from the strategy of this very policy.
    const isTest = policy.strategy === "ab-test" && this.state !== undefined;
    return isTest ? resultsOf(policy, this.state as AbTestState) : [];
  }

  /** What became of the rollout: what its last look had to say. */
  get reason(): string {
    const last = this.events.at(-1);
    const told = withoutRepetition(this.events.filter(({ at }) => at === last?.at));
    return told.map(headline).join("; ");
  }

  /** Requests that were sent to each track, answered or not. */
  get routed(): Routed {
    return Object.fromEntries(Object.entries(this.options.router.counts).map(([name, { routed }]) => [name, routed]));
  }

  /** One look: what was seen, what the policy makes of it, and the split that follows. */
  look(): void {
    if (this.outcome !== undefined) return;
    const { strategy, policy, clock, observer, onEvent } = this.options;
    const since = performance.now();
    const at = clock.now();
    this.noteMark(at);
    this.observation = observer.observe(at);
    const { state, weights, mirrors, events } = strategy.decide(policy, this.state, this.observation);
    this.state = state;
    this.decided = { weights, ...(mirrors !== undefined && { mirrors }) };
    this.apply(this.decided, since);
    this.outcome = strategy.outcome(state);
    if (this.outcome !== undefined) this.detection = this.detected();
    this.stages.note(this.split, at, this.routed);
    const news = events.filter((event) => this.isNews(event));
    this.events.push(...news);
    for (const event of withoutRepetition(news)) onEvent(event);
  }

  /** Moves the traffic; `since` is when the reason for it was seen. */
  apply(split: Split, since: number): void {
    const before = this.split;
    if (isSameSplit(before, split)) return;
    this.split = split;
    const { router, ledger, users, clock } = this.options;
    users.release();
    const left = Object.entries(router.counts)
      .filter(([track]) => shareOf(before, track) > 0 && shareOf(split, track) === 0)
      .map(([, counts]) => counts);
    this.lastSwitch = beginSwitch({ at: clock.now(), since, left, ledger, apply: () => router.setSplit(split) });
  }

  /** On a faster clock a stage that waits for samples is extended many times; once is news. */
  private isNews({ kind }: RolloutEvent): boolean {
    if (kind === "stage-entered") this.stage += 1;
    if (kind !== "extended") return true;
    this.stages.wait();
    const known = this.extendedStage === this.stage;
    this.extendedStage = this.stage;
    return !known;
  }

  /** Requests that were sent to the tracks on trial. */
  private get tried(): number {
    const { counts } = this.options.router;
    return this.trials.reduce((sum, track) => sum + (counts[track] as GatewayCounts).routed, 0);
  }

  private noteMark(at: number): void {
    if (this.mark !== undefined) return;
    const { faultAt } = this.options;
    const begun = faultAt === undefined ? this.tried > 0 : at >= faultAt;
    if (begun) this.mark = { at, wall: performance.now(), routed: faultAt === undefined ? 0 : this.tried };
  }

  private detected(): DetectionReport | undefined {
    if (this.outcome === "promoted" || this.outcome === "completed" || this.mark === undefined) return undefined;
    return {
      since: this.options.faultAt === undefined ? "first request" : "fault",
      rolloutSeconds: this.options.clock.now() - this.mark.at,
      wallSeconds: (performance.now() - this.mark.wall) / 1000,
      requests: this.tried - this.mark.routed,
    };
  }
}

/** Percents of the requests that reach a track, itself or as copies. */
function shareOf({ weights, mirrors }: Split, track: string): number {
  return (weights[track] ?? 0) + (mirrors?.[track] ?? 0);
}
