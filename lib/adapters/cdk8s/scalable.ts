/**
 * A workload that an autoscaler can be attached to: what cdk8s-plus calls `IScalable`, in any of its versions. A workload
 * that is told so declares no replicas of its own.
 */
export interface IScalableWorkload {
  markHasAutoscaler(): void;
  toScalingTarget(): IScalingTarget;
}

/** Kind and name of a workload. */
export interface IScalingTarget {
  readonly kind: string;
  readonly name: string;
}
