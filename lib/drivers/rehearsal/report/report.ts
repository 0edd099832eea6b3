import type { VariantResult } from "../../../strategies/result";
import type { RolloutEvent, Weights } from "../../../strategies/decision";
import type { GateEvidence } from "../../../strategies/gates/evidence";
import type { Outcome } from "../../../strategies/strategy";
import type { Comparison } from "../servers/comparison";
import type { Estimate } from "./estimate";
import type { FeedbackCounts } from "../traffic/feedback";
import type { Percentiles } from "../gateway/percentiles";
import type { Fault } from "../settings";
import type { Series } from "./series";

/** What one track did. */
export interface TrackReport {
  readonly track: string;
  readonly version: string;
  /** What a person calls it, such as `canary`. */
  readonly role: string;
  /** Percent of the requests that it had when the rollout ended, or of which it got copies. */
  readonly weight: number;
  readonly mirror: number;
  /** Whether it got copies of requests, whose answers nobody saw. */
  readonly shadow: boolean;
  /** SHA-256 of the model file that was served. */
  readonly sha256: string;
  /** Requests that the router sent to it; of a shadow, copies. */
  readonly requests: number;
  /** Of those, the ones it failed, faults put in included. */
  readonly errors: number;
  /** Attempts made again because there was no connection. */
  readonly retries: number;
  /** At the caller, from the moment a request was due; of copies, at the router. Missing when it answered nothing. */
  readonly latency?: Percentiles;
  /** Answers that took longer than the objective. */
  readonly slow: number;
  readonly compared: number;
  readonly mismatched: number;
  readonly labelled: number;
  readonly wrong: number;
  /** Business metrics as the policy saw them. */
  readonly metrics: Readonly<Record<string, Estimate>>;
}

/** A stage as it happened: a split that held. Times are seconds on the rollout's clock. */
export interface StageReport {
  /** 0 is the first. */
  readonly number: number;
  /** Percents by track name. */
  readonly weights: Weights;
  readonly mirrors?: Weights;
  readonly from: number;
  readonly until: number;
  /** Requests during the stage, by track name. */
  readonly requests: Readonly<Record<string, number>>;
  /** Whether it lasted longer than its time because its gates wanted more samples. */
  readonly waited: boolean;
}

/** How long harm went unnoticed. */
export interface DetectionReport {
  readonly since: "fault" | "first request";
  readonly rolloutSeconds: number;
  readonly wallSeconds: number;
  /** Requests that met the tracks on trial until the verdict. */
  readonly requests: number;
}

/** How traffic was moved away from tracks for good, or for a drill, in real milliseconds. */
export interface SwitchReport {
  /** On the rollout's clock, in seconds. */
  readonly at: number;
  /** From the look that decided until the router obeyed the new weights. */
  readonly appliedMs: number;
  /** From then until the last request on its way to them was answered. */
  readonly drainedMs: number;
  /** Requests on their way at the switch. */
  readonly inFlight: number;
  /** Requests that were sent to them after the switch. */
  readonly strays: number;
  /** Requests lost during the switch. */
  readonly lost: number;
}

/** Everything that a rehearsal found out. */
export interface RehearsalReport {
  readonly name: string;
  /** `canary`, `shadow` and the like. */
  readonly strategy: string;
  /** What is rehearsed, such as "canary of 1.1.0 against 1.0.0". */
  readonly title: string;
  /** When it was run, as an ISO 8601 date and time. */
  readonly at: string;
  readonly outcome: Outcome;
  /** The sentence with which the policy ended it. */
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
  /** The first is the one that the traffic goes back to. */
  readonly tracks: readonly [TrackReport, ...TrackReport[]];
  readonly stages: readonly StageReport[];
  readonly requests: {
    readonly sent: number;
    /** Not sent, because too many before them were unanswered. */
    readonly leftOut: number;
    readonly answered: number;
    readonly faulted: number;
    readonly lost: number;
    /** How many were lost for what reason. */
    readonly losses: Readonly<Record<string, number>>;
  };
  readonly feedback: Readonly<FeedbackCounts> & {
    /** Values that the servers counted for these versions in the end. */
    readonly counted: number;
  };
  /** Where users are sticky: those that made requests, and those of them that one split sent to more than one version. */
  readonly users?: { readonly count: number; readonly moved: number };
  /** What a test says of its variants; empty for other rollouts. */
  readonly results: readonly VariantResult[];
  /** Copies for mirrors that were not made, because too many were still on their way. */
  readonly copiesDropped: number;
  readonly detection?: DetectionReport;
  readonly rollback?: SwitchReport;
  readonly drill?: SwitchReport;
  /** Predictions of a shadow beside those of the live version. */
  readonly comparison?: Comparison;
  readonly events: readonly RolloutEvent[];
  /** What each gate had seen at the end. */
  readonly gates: readonly GateEvidence[];
  /** By gate: what it asks for, in words. */
  readonly gateWords: Readonly<Record<string, string>>;
  /** Answers, also to copies, whose time was not judged, because too much of it was waiting for a processor of this machine. */
  readonly untimed: { readonly answers: number; readonly of: number };
  /** What a reader should know of this machine and these servers. */
  readonly notes: readonly string[];
  readonly series: Series;
}
