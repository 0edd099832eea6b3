import type { RolloutEvent, Split } from "../../strategies/decision";
import type { GateEvidence } from "../../strategies/gates/evidence";
import type { Observation } from "../../strategies/observation";
import type { RolloutPolicy } from "../../strategies/registry";
import type { VariantResult } from "../../strategies/result";
import type { Outcome, Strategy } from "../../strategies/strategy";
import type { RolloutClock } from "./clock";
import { isOverdue, pauseAtDeadline } from "./deadline";
import type { GatewayCounts } from "./gateway/gateway-counts";
import type { Router } from "./gateway/router";
import { beginSwitch, type StartedSwitch } from "./gateway/traffic-switch";
import { headline, withoutRepetition } from "./progress/text";
import type { DetectionReport } from "./report/report";
import { isSameSplit, StageLog, type Routed } from "./report/stage-log";
import type { Observer } from "./servers/observer";
import type { CallLedger } from "./traffic/call-ledger";
import type { Users } from "./traffic/users";

/** What a run needs of the rest of the rehearsal. */
interface RunOptions {
  readonly strategy: Strategy<RolloutPolicy, unknown>;
  readonly policy: RolloutPolicy;
  readonly gateLabels: Readonly<Record<string, string>>;
  readonly clock: RolloutClock;
  readonly router: Router;
  readonly observer: Observer;
  readonly ledger: CallLedger;
  readonly users: Users;
  /** When the first fault of a candidate begins, on the rollout's clock. */
  readonly faultAt: number | undefined;
  readonly onEvent: (event: RolloutEvent) => void;
}

/** The point from which the time to detect a regression is measured. */
interface DetectionStart {
  readonly at: number;
  readonly wall: number;
  readonly routed: number;
}

/** The rollout itself: it evaluates the policy again and again, and the router follows its decisions. */
export class RolloutRun {
  readonly events: RolloutEvent[] = [];
  readonly stages: StageLog;
  outcome: Outcome | undefined;
  observation: Observation | undefined;
  detection: DetectionReport | undefined;
  /** Number of the stage; 0 is the preparation. */
  stage = 0;
  split: Split;
  /** The split that the policy last decided; a rollback drill has another. */
  decided: Split;
  /** The last change of the split. */
  lastSwitch: StartedSwitch | undefined;
  private readonly candidates: readonly string[];
  private state: unknown;
  private detectionStart: DetectionStart | undefined;
  private extendedStage: number | undefined;

  constructor(private readonly options: RunOptions) {
    const { strategy, policy } = options;
    this.split = this.decided = strategy.opening(policy);
    this.stages = new StageLog(this.split);
    this.candidates = strategy.tracks(policy).slice(1);
  }

  get gates(): readonly GateEvidence[] {
    const { strategy, policy } = this.options;
    return this.state === undefined ? [] : strategy.evidence(policy, this.state);
  }

  get gateLabels(): Readonly<Record<string, string>> {
    return this.options.gateLabels;
  }

  /** What the strategy says of its variants now. */
  get results(): readonly VariantResult[] {
    const { strategy, policy } = this.options;
    return this.state === undefined ? [] : strategy.results(policy, this.state);
  }

  /** Why the rollout ended: the events of its last evaluation. */
  get reason(): string {
    const last = this.events.at(-1);
    const events = withoutRepetition(this.events.filter(({ at }) => at === last?.at));
    return events.map(headline).join("; ");
  }

  /** Requests that were routed to each track, answered or not. */
  get routed(): Routed {
    return Object.fromEntries(Object.entries(this.options.router.counts).map(([name, { routed }]) => [name, routed]));
  }

  /** Evaluates the policy with what was observed, and applies the split that it decides. */
  evaluate(): void {
    if (this.outcome !== undefined) return;
    const { strategy, policy, clock, observer } = this.options;
    const since = performance.now();
    const at = clock.now();
    this.startDetection(at);
    this.observation = observer.observe(at);
    const { state, weights, mirrors, events } = strategy.decide(policy, this.state, this.observation);
    this.state = state;
    this.decided = { weights, ...(mirrors !== undefined && { mirrors }) };
    this.apply(this.decided, since);
    this.outcome = strategy.outcome(state);
    this.stages.record(this.split, at, this.routed);
    this.report([...events, ...this.pauseIfOverdue(at)]);
    if (this.outcome === "rolled-back") this.detection = this.detectionReport();
  }

  /** Moves the traffic; `since` is when the evaluation began that decided so. */
  apply(split: Split, since: number): void {
    const before = this.split;
    if (isSameSplit(before, split)) return;
    this.split = split;
    const { router, ledger, users, clock } = this.options;
    users.onSplitChange();
    const left = Object.entries(router.counts)
      .filter(([track]) => shareOf(before, track) > 0 && shareOf(split, track) === 0)
      .map(([, counts]) => counts);
    this.lastSwitch = beginSwitch({ at: clock.now(), since, left, ledger, apply: () => router.setSplit(split) });
  }

  private pauseIfOverdue(at: number): RolloutEvent[] {
    const { policy, clock, gateLabels } = this.options;
    if (this.outcome !== undefined || !isOverdue(policy, at, clock.speed)) return [];
    this.outcome = "paused";
    return [pauseAtDeadline(policy, at, this.gates, gateLabels)];
  }

  private report(events: readonly RolloutEvent[]): void {
    const news = events.filter((event) => this.isNews(event));
    this.events.push(...news);
    for (const event of withoutRepetition(news)) this.options.onEvent(event);
  }

  /** On a faster clock a stage that waits for samples is extended many times; only the first is reported. */
  private isNews({ kind }: RolloutEvent): boolean {
    if (kind === "stage-entered") this.stage += 1;
    if (kind !== "extended") return true;
    this.stages.markWaiting();
    const known = this.extendedStage === this.stage;
    this.extendedStage = this.stage;
    return !known;
  }

  /** Requests that were routed to candidates. */
  private get candidateRequests(): number {
    const { counts } = this.options.router;
    return this.candidates.reduce((sum, track) => sum + (counts[track] as GatewayCounts).routed, 0);
  }

  private startDetection(at: number): void {
    if (this.detectionStart !== undefined) return;
    const { faultAt } = this.options;
    const begun = faultAt === undefined ? this.candidateRequests > 0 : at >= faultAt;
    if (!begun) return;
    const routed = faultAt === undefined ? 0 : this.candidateRequests;
    this.detectionStart = { at, wall: performance.now(), routed };
  }

  private detectionReport(): DetectionReport | undefined {
    if (this.detectionStart === undefined) return undefined;
    const { at, wall, routed } = this.detectionStart;
    return {
      since: this.options.faultAt === undefined ? "first request" : "fault",
      rolloutSeconds: this.options.clock.now() - at,
      wallSeconds: (performance.now() - wall) / 1000,
      requests: this.candidateRequests - routed,
    };
  }
}

/** Percent of the requests that reach a track, themselves or as copies. */
function shareOf({ weights, mirrors }: Split, track: string): number {
  return (weights[track] ?? 0) + (mirrors?.[track] ?? 0);
}
