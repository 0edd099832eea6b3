import type { CapacityGate } from "../monitor/capacity";
import type { MonitorRules } from "../monitor/gate-monitor";
import type { SingleCandidateState } from "../candidate-state";
import type { PolicyBase } from "../strategy";

/** The canary's share of the traffic in a stage, and how long to hold it. */
export interface CanaryStage {
  /** Whole percentages for the canary; the stable track has the rest. */
  readonly weight: number;
  /** Minimum time at this weight. */
  readonly holdSeconds: number;
}

/** What to do when the time of a stage is over and data is missing or a gate still needs more samples. */
export const OnInsufficientData = {
  /** Hold the stage for another interval, up to `maxExtensions` times; then pause. */
  Extend: "extend",
  /** Stay at this weight until an operator decides. */
  Pause: "pause",
  /** Send all traffic back to the stable track. */
  Rollback: "rollback",
} as const;
export type OnInsufficientData = (typeof OnInsufficientData)[keyof typeof OnInsufficientData];

/** How to run a canary; plain data that survives JSON. */
export interface CanaryPolicy extends PolicyBase, MonitorRules {
  readonly strategy: "canary";
  /** Name of the track that serves now. */
  readonly stable: string;
  /** Name of the candidate's track. */
  readonly canary: string;
  /** Increasing weights. Below 100, the rest of the last one is the holdback: a baseline of the same time to the end. */
  readonly stages: readonly CanaryStage[];
  /**
   * Weight of a promoted canary.
   *
   * @default - the weight of the last stage
   */
  readonly promotedWeight?: number;
  readonly onInsufficientData: OnInsufficientData;
  /** With `extend`: how many times the hold time of a stage may be extended before the rollout pauses. */
  readonly maxExtensions: number;
  readonly capacity: CapacityGate;
}

/** `waiting` for ready replicas before the first stage, `running`, and the two ends. */
type CanaryPhase = "waiting" | "running" | "promoted" | "rolled-back";

/** What a canary remembers between two evaluations. */
export interface CanaryState extends SingleCandidateState<CanaryPhase> {
  /** Index into the policy's stages; −1 before the first. */
  readonly stage: number;
}
