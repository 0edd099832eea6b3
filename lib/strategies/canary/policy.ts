import type { Gate } from "../gate";

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

/** Replicas that must be ready on the canary before its weight rises. */
export interface CapacityGate {
  /** Never fewer than this. */
  readonly minReadyReplicas: number;
  /** And at least this share of what the stable track has ready, scaled by the next weight: 0.5 leaves half to the autoscaler. */
  readonly shareOfStable: number;
}

/** Everything `decide` needs to run a canary; plain data that survives JSON. */
export interface CanaryPolicy {
  readonly strategy: "canary";
  /** Name of the track that serves now. */
  readonly stable: string;
  /** Name of the track on trial. */
  readonly canary: string;
  /** Rising weights; the last one is the promotion when it is 100. */
  readonly stages: readonly CanaryStage[];
  readonly gates: readonly Gate[];
  /** Canary requests that every stage needs before it can pass. */
  readonly minimumSamples: number;
  /** Chance, over the whole rollout, that a canary equal to the stable track is rolled back. */
  readonly falseAlarmRate: number;
  readonly onInsufficientData: OnInsufficientData;
  /** With `extend`: how many more hold times a stage may take before the rollout pauses. */
  readonly maxExtensions: number;
  readonly capacity: CapacityGate;
}
