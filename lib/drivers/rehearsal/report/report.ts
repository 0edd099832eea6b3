import type { RolloutEvent } from "../../../strategies/decision";
import type { GateEvidence } from "../../../strategies/gates/evidence";
import type { Percentiles } from "../call-ledger";
import type { Fault } from "../settings";
import type { Series } from "./series";

/** How a rehearsed rollout ended. */
export type Outcome = "promoted" | "rolled-back" | "paused";

/** What one version did. */
export interface VersionReport {
  readonly version: string;
  readonly track: string;
  /** SHA-256 of the model file that was served. */
  readonly sha256: string;
  /** Requests that the router sent to it. */
  readonly requests: number;
  /** Of those, the ones it failed, faults put in included. */
  readonly errors: number;
  /** Attempts made again because there was no connection. */
  readonly retries: number;
  /** At the caller, from the moment a request was due; missing when it answered nothing. */
  readonly latency?: Percentiles;
  readonly compared: number;
  readonly mismatched: number;
  readonly labelled: number;
  readonly wrong: number;
  /** Business metrics as the policy saw them. */
  readonly metrics: Readonly<Record<string, { readonly mean: number; readonly count: number }>>;
}

/** A stage as it happened; times are seconds on the rollout's clock. */
export interface StageReport {
  /** 0 is the preparation. */
  readonly number: number;
  /** Percent of the requests for the canary. */
  readonly weight: number;
  readonly from: number;
  readonly until: number;
  /** Least time that the stage was to last; missing for the preparation. */
  readonly hold?: number;
  /** Requests to the canary during the stage. */
  readonly canaryRequests: number;
  /** Whether it lasted longer than its hold because its gates wanted more samples. */
  readonly waited: boolean;
}

/** How long harm went unnoticed. */
export interface DetectionReport {
  readonly since: "fault" | "first canary request";
  readonly rolloutSeconds: number;
  readonly wallSeconds: number;
  /** Requests that met the canary until the verdict. */
  readonly canaryRequests: number;
}

/** How traffic was moved away from the canary, in real milliseconds. */
export interface SwitchReport {
  /** From the look that decided until the router obeyed the new weights. */
  readonly appliedMs: number;
  /** From then until the last request on its way to the canary was answered. */
  readonly drainedMs: number;
  /** Requests on their way at the switch. */
  readonly inFlight: number;
  /** Requests that were sent to the canary after the switch. */
  readonly strays: number;
  /** Requests lost during the switch. */
  readonly lost: number;
}

/** Everything that a rehearsal found out. */
export interface RehearsalReport {
  readonly name: string;
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
  readonly stable: VersionReport;
  readonly canary: VersionReport;
  readonly stages: readonly StageReport[];
  readonly requests: {
    readonly sent: number;
    readonly answered: number;
    readonly faulted: number;
    readonly lost: number;
  };
  readonly labels: { readonly sent: number; readonly failed: number };
  /** Answers of the canary that took longer than the objective. */
  readonly slowCanaryAnswers: number;
  readonly detection?: DetectionReport;
  readonly rollback?: SwitchReport;
  readonly drill?: SwitchReport;
  readonly events: readonly RolloutEvent[];
  /** What each gate had seen at the end. */
  readonly gates: readonly GateEvidence[];
  /** By gate: what it asks for, in words. */
  readonly gateWords: Readonly<Record<string, string>>;
  /** Answers whose time was not judged, because too much of it was waiting for a processor of this machine. */
  readonly untimed: number;
  /** What a reader should know of this machine and these servers. */
  readonly notes: readonly string[];
  readonly series: Series;
}
