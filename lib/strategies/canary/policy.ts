import type { PolicyBase } from "../strategy";
import type { CapacityGate } from "../watch/capacity";
import type { WatchRules } from "../watch/watch";

/** A split to hold: the canary's share of the traffic, and for how long. */
export interface CanaryStage {
  /** Whole percents for the canary; the stable track has the rest. */
  readonly weight: number;
  /** Least time at this weight. */
  readonly holdSeconds: number;
}

/** What to do when a stage's time is over and a gate still needs more samples. */
export const OnInsufficientData = {
  /** Hold the stage for another interval, up to `maxExtensions` times; then pause. */
  Extend: "extend",
  /** Stay at this weight until a person decides. */
  Pause: "pause",
  /** Send all traffic back to the stable track. */
  Rollback: "rollback",
} as const;
export type OnInsufficientData = (typeof OnInsufficientData)[keyof typeof OnInsufficientData];

/** Everything `decide` needs to run a canary; plain data that survives JSON. */
export interface CanaryPolicy extends PolicyBase, WatchRules {
  readonly strategy: "canary";
  /** Name of the track that serves now. */
  readonly stable: string;
  /** Name of the track on trial. */
  readonly canary: string;
  /** Rising weights; the last one is the promotion when it is 100. */
  readonly stages: readonly CanaryStage[];
  readonly onInsufficientData: OnInsufficientData;
  /** With `extend`: how many more hold times a stage may take before the rollout pauses. */
  readonly maxExtensions: number;
  readonly capacity: CapacityGate;
}
