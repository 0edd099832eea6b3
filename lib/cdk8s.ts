/** Slipway's constructs for cdk8s. */
export { AbTest } from "./constructs/ab-test/cdk8s";
export { BanditRollout } from "./constructs/bandit-rollout/cdk8s";
export { BlueGreenPair } from "./constructs/blue-green-pair/cdk8s";
export { CanaryRollout } from "./constructs/canary-rollout/cdk8s";
export {
  InferenceAutoscaler,
  type IScalableWorkload,
  type IScalingTarget,
} from "./constructs/inference-autoscaler/cdk8s";
export { ModelService } from "./constructs/model-service/cdk8s";
export { ShadowDeployment } from "./constructs/shadow-deployment/cdk8s";
export type { ExistingModelServiceProps, IModelService } from "./constructs/model-service/existing";
export type { BanditRolloutProps } from "./constructs/bandit-rollout/props";
export type { AbTestProps } from "./constructs/ab-test/props";
export type { BlueGreenPairProps } from "./constructs/blue-green-pair/props";
export type { CanaryRolloutProps } from "./constructs/canary-rollout/props";
export type { InferenceAutoscalerProps } from "./constructs/inference-autoscaler/props";
export type { ModelServiceProps } from "./constructs/model-service/props";
export type { ShadowDeploymentProps } from "./constructs/shadow-deployment/props";
export type * from "./routing/props";
export type * from "./runtimes/props";
export type * from "./constructs/common/props";
