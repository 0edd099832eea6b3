/**
 * A workload that an autoscaler can be attached to: `IScalable` of any version of cdk8s-plus. A workload that is marked as
 * autoscaled does not declare its replicas.
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
