/** Slipway's constructs as Pulumi components. */
export { AbTest } from "./constructs/ab-test/pulumi";
export { BanditRollout } from "./constructs/bandit-rollout/pulumi";
export { BlueGreenPair } from "./constructs/blue-green-pair/pulumi";
export { CanaryRollout } from "./constructs/canary-rollout/pulumi";
export { InferenceAutoscaler } from "./constructs/inference-autoscaler/pulumi";
export { ModelService } from "./constructs/model-service/pulumi";
export { ShadowDeployment } from "./constructs/shadow-deployment/pulumi";
export type { ExistingModelServiceProps, IModelService } from "./constructs/model-service/existing";
export type * from "./adapters/pulumi/args";
