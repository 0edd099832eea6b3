import type { RolloutEvent, Weights } from "../../../strategies/decision";
import type { GateEvidence } from "../../../strategies/gates/evidence";
import type { VariantResult } from "../../../strategies/result";
import type { Outcome } from "../../../strategies/strategy";
import type { Fault } from "../fault-settings";
import type { Percentiles } from "../gateway/percentiles";
import type { Comparison } from "../servers/comparison";
import type { FeedbackCounts } from "../traffic/feedback";
import type { Estimate } from "./estimate";
import type { Series } from "./series";

/** The results of one track. */
export interface TrackReport {
  readonly track: string;
  readonly version: string;
  /** Such as `canary`. */
  readonly role: string;
  /** Percent of the requests that it had when the rollout ended, and percent that were mirrored to it. */
  readonly weight: number;
  readonly mirror: number;
  /** Whether it got copies of requests and no request of a user. */
  readonly shadow: boolean;
  /** SHA-256 of the model file that was served. */
  readonly sha256: string;
  /** Requests and copies of requests that the router sent to it. */
  readonly requests: number;
  /** Of those, the ones that failed, including injected faults. */
  readonly errors: number;
  /** Attempts after one that could not connect. */
  readonly retries: number;
  /** At the caller, since a request was due; of copies, at the router. Missing if it answered no request. */
  readonly latency?: Percentiles;
  /** Answers that took longer than the objective. */
  readonly slow: number;
  readonly compared: number;
  readonly mismatched: number;
  readonly labelled: number;
  readonly wrong: number;
  /** Business metrics as the policy observed them. */
  readonly metrics: Readonly<Record<string, Estimate>>;
}

/** A stage as it happened: a split and how long it lasted. Times are seconds on the rollout's clock. */
export interface StageReport {
  /** 0 is the first. */
  readonly number: number;
  /** Percentages by track name. */
  readonly weights: Weights;
  readonly mirrors?: Weights;
  readonly from: number;
  readonly until: number;
  /** Requests during the stage, by track name. */
  readonly requests: Readonly<Record<string, number>>;
  /** Whether it lasted longer than its hold time because its gates needed more samples. */
  readonly waited: boolean;
}

/** How long it took to detect a regression. */
export interface DetectionReport {
  readonly since: "fault" | "first request";
  readonly rolloutSeconds: number;
  readonly wallSeconds: number;
  /** Requests to the candidates until the verdict. */
  readonly requests: number;
}

/** How traffic was moved away from tracks, permanently or for a rollback drill, in real milliseconds. */
export interface SwitchReport {
  /** On the rollout's clock, in seconds. */
  readonly at: number;
  /** From the evaluation that decided until the router applied the new weights. */
  readonly appliedMs: number;
  /** From then until the last request in flight to these tracks was answered. */
  readonly drainedMs: number;
  /** Requests in flight at the switch. */
  readonly inFlight: number;
  /** Requests that were misrouted to these tracks after the switch. */
  readonly strays: number;
  /** Requests lost during the switch. */
  readonly lost: number;
}

/** The results of a rehearsal. */
export interface RehearsalReport {
  readonly name: string;
  /** `canary`, `shadow` and the like. */
  readonly strategy: string;
  /** What is rehearsed, such as "canary of 1.1.0 against 1.0.0". */
  readonly title: string;
  /** When it was run, as an ISO 8601 date and time. */
  readonly at: string;
  readonly outcome: Outcome;
  /** Why the rollout ended. */
  readonly reason: string;
  readonly settings: {
    readonly rate: number;
    readonly speed: number;
    readonly seed: number;
    readonly labelDelay: number;
    readonly labelMetric: string;
    readonly faults: readonly Fault[];
  };
  readonly objectives: { readonly latencySeconds?: number; readonly errorRate?: number };
  readonly wallSeconds: number;
  readonly rolloutSeconds: number;
  /** Time on the rollout's clock after which it would have paused. */
  readonly deadlineSeconds: number;
  /** The first is the baseline, the others are candidates. */
  readonly tracks: readonly [TrackReport, ...TrackReport[]];
  readonly stages: readonly StageReport[];
  readonly requests: {
    readonly sent: number;
    /** Not sent, because too many earlier ones were unanswered. */
    readonly leftOut: number;
    readonly answered: number;
    readonly faulted: number;
    readonly lost: number;
    /** Lost requests by reason. */
    readonly losses: Readonly<Record<string, number>>;
  };
  readonly feedback: Readonly<FeedbackCounts> & {
    /** Values that the servers had counted for these versions at the end. */
    readonly counted: number;
  };
  /** With sticky users: how many made requests, and how many of them one split sent to more than one version. */
  readonly users?: { readonly count: number; readonly moved: number };
  /** The results of a test's variants; empty for other rollouts. */
  readonly results: readonly VariantResult[];
  /** Copies that were not sent because too many were in flight. */
  readonly copiesDropped: number;
  /** Missing without a rollback. */
  readonly detection?: DetectionReport;
  readonly rollback?: SwitchReport;
  readonly drill?: SwitchReport;
  /** Predictions of a shadow compared with those of the live version. */
  readonly comparison?: Comparison;
  readonly events: readonly RolloutEvent[];
  /** The evidence of each gate at the end. */
  readonly gates: readonly GateEvidence[];
  /** Labels of the gates, by id. */
  readonly gateWords: Readonly<Record<string, string>>;
  /** Answers, also to copies, whose latency was not judged because too much of it was waiting for a processor. */
  readonly untimed: { readonly answers: number; readonly of: number };
  /** What a reader should know about this machine and these servers. */
  readonly notes: readonly string[];
  readonly series: Series;
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  promoted: "promoted",
  "rolled-back": "rolled back",
  paused: "paused",
  completed: "completed",
};

/** An outcome as people read it. */
export function formatOutcome(outcome: Outcome): string {
  return OUTCOMES[outcome];
}

/** Whether a rollout ended as intended. */
export function isSuccess(outcome: Outcome): boolean {
  return outcome === "promoted" || outcome === "completed";
}

/** The title of a report. */
export function formatTitle({ name, title }: RehearsalReport): string {
  return `${name}: ${title}`;
}
