import contract from "../../serving-image/contract.json";
import { canary } from "../../lib/strategies/canary/strategy";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import type { CanaryState } from "../../lib/strategies/canary/policy";
import type { Decision, RolloutEvent } from "../../lib/strategies/decision";
import type { TrackCounts } from "../../lib/strategies/observation";
import type { Outcome } from "../../lib/strategies/strategy";
import { gatesFor } from "./canary-simulation";

/** A canary of 1.1.0 against 1.0.0 through three weights, a minute each, with gates of every kind. */
export const policy: CanaryPolicy = {
  strategy: "canary",
  stable: "1.0.0",
  canary: "1.1.0",
  stages: [
    { weight: 5, holdSeconds: 60 },
    { weight: 50, holdSeconds: 60 },
    { weight: 100, holdSeconds: 60 },
  ],
  gates: gatesFor(0.02, 50),
  minimumSamples: 100,
  falseAlarmRate: 0.01,
  onInsufficientData: "extend",
  maxExtensions: 2,
  capacity: { minReadyReplicas: 2, shareOfStable: 0.5 },
};

/** What a track served in some time. */
export interface Answers {
  readonly requests: number;
  readonly errors?: number;
  /** Requests of 0.2 s; the others take 0.02 s. */
  readonly slow?: number;
  readonly labels?: number;
  readonly wrong?: number;
}

/** A rollout driven by hand, from what each track served. */
export class CanaryRollout {
  at = 0;
  readonly events: RolloutEvent[] = [];
  ready = { stable: 4, canary: 2 };
  /** The counts of the canary's pods, if they are known. */
  pods: TrackCounts["pods"];
  private decision: Decision<CanaryState> | undefined;
  private readonly startedAt = { stable: 0, canary: 0 };
  private readonly counts: Record<"stable" | "canary", Required<Answers>> = {
    stable: { requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 },
    canary: { requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 },
  };

  constructor(readonly policy: CanaryPolicy) {}

  get state(): CanaryState {
    if (this.decision === undefined) throw new Error("nothing was evaluated yet");
    return this.decision.state;
  }

  set state(state: CanaryState) {
    this.decision = { state, weights: {}, events: [] };
  }

  get outcome(): Outcome | undefined {
    return canary.outcome(this.state);
  }

  get weight(): number | undefined {
    return this.decision?.weights[this.policy.canary];
  }

  /** Events of a kind, as their messages. */
  said(kind: RolloutEvent["kind"]): string[] {
    return this.events.filter((event) => event.kind === kind).map(({ message }) => message);
  }

  /** An evaluation some seconds later. A track that is left out could not be read. */
  after(seconds: number, answers: { stable?: Answers; canary?: Answers } = { stable: none, canary: none }): this {
    this.at += seconds;
    const tracks: Record<string, TrackCounts> = {};
    for (const role of ["stable", "canary"] as const) {
      const more = answers[role];
      if (more === undefined) continue;
      const counts = this.counts[role];
      for (const key of ["requests", "errors", "slow", "labels", "wrong"] as const)
        this.counts[role] = { ...this.counts[role], [key]: counts[key] + (more[key] ?? 0) };
      const startedAt = this.startedAt[role];
      tracks[this.policy[role]] = {
        ...trackCounts(this.counts[role], this.ready[role]),
        startedAt,
        ...(role === "canary" && this.pods && { pods: this.pods }),
      };
    }
    this.decision = canary.decide(this.policy, this.decision?.state, { at: this.at, tracks });
    this.events.push(...this.decision.events);
    return this;
  }

  /** The server of a track restarts: its counters start at 0 again, and it reports when. */
  restart(role: "stable" | "canary"): void {
    this.startedAt[role] = this.at;
    this.forget(role);
  }

  /** A source of the counters that has seen nothing answers, without a later start. */
  forget(role: "stable" | "canary"): void {
    this.counts[role] = { requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 };
  }
}

export const none: Answers = { requests: 0 };

/** Healthy responses: 1% errors, labels for half of them. */
export function good(requests: number): Answers {
  return {
    requests,
    errors: Math.floor(requests / 100),
    slow: Math.floor(requests / 100),
    labels: Math.floor(requests / 2),
    wrong: Math.floor(requests / 100),
  };
}

export function trackCounts({ requests, errors, slow, labels, wrong }: Required<Answers>, ready: number): TrackCounts {
  const bounds = contract.buckets.durationSeconds;
  const counts = new Array<number>(bounds.length + 1).fill(0);
  counts[bounds.indexOf(0.025)] = requests - slow;
  counts[bounds.indexOf(0.25)] = slow;
  const right = labels - wrong;
  return {
    requests,
    errors,
    latency: { bounds, counts },
    metrics: { accuracy: { count: labels, sum: right, sumOfSquares: right } },
    readyReplicas: ready,
  };
}
