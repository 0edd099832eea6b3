/** The pure API of Slipway: props, plans, policies and findings. It loads no engine. */
export type { Plan, PlannedObject, Track, FieldOwner } from "./core/plan";
export type { Manifest, ObjectMeta } from "./core/manifest";
export type { Timetable, TimetableStage, WeightRange } from "./core/timetable";
export type { DeferredString } from "./core/deferred";
export type { ObjectPatch } from "./core/patch";
export { Environment } from "./core/environment";
export { timetableMarkdown } from "./core/timetable-markdown";

export { CATALOGUE, type CatalogueEntry, type FindingCode } from "./core/findings/catalogue";
export { formatFinding, type Finding } from "./core/findings/finding";
export { PlanError } from "./core/findings/plan-error";

export * from "./routing/props";
export * from "./runtimes/props";
export * from "./constructs/common/props";
export * from "./constructs/common/rollout-props";
export * from "./constructs/model-service/props";
export * from "./constructs/canary-rollout/props";
export * from "./constructs/blue-green-pair/props";
export * from "./constructs/bandit-rollout/props";
export * from "./constructs/ab-test/props";
export * from "./constructs/shadow-deployment/props";
export * from "./constructs/inference-autoscaler/props";
export { planModelService } from "./constructs/model-service/plan";
export { planBanditRollout } from "./constructs/bandit-rollout/plan";
export { planBlueGreenPair } from "./constructs/blue-green-pair/plan";
export { planCanaryRollout } from "./constructs/canary-rollout/plan";
export { planAbTest } from "./constructs/ab-test/plan";
export { planShadowDeployment } from "./constructs/shadow-deployment/plan";
export { planInferenceAutoscaler } from "./constructs/inference-autoscaler/plan";

/** Drives the policy of any plan: `strategies.strategyOf(policy)` decides, shows its evidence and knows its outcome. */
export * as strategies from "./strategies/registry";
export type { Outcome, Strategy } from "./strategies/strategy";
export type { Requirements, SmokeTest } from "./strategies/requirements";
export type {
  Observation,
  TrackCounts,
  LatencyHistogram,
  MetricSums,
  PodCounts,
  SmokeTestCounts,
} from "./strategies/observation";
export type { Decision, RolloutEvent, Split, Weights } from "./strategies/decision";
export { MetricDirection, type Gate, type Verdict } from "./strategies/gate";
export type { GateEvidence } from "./strategies/gates/evidence";
export type { VariantResult, VariantVerdict } from "./strategies/result";
export { OnInsufficientData, type CanaryPolicy, type CanaryStage } from "./strategies/canary/policy";
export { BanditAlgorithm, type BanditPolicy, type RewardRule } from "./strategies/bandit/policy";
export type { AbTestPolicy } from "./strategies/ab-test/policy";
export type { BlueGreenPolicy } from "./strategies/blue-green/policy";
export type { ShadowPolicy } from "./strategies/shadow/policy";
export type { CapacityGate } from "./strategies/monitor/capacity";

export * from "./drivers/rehearsal/props";

export { toYaml } from "./adapters/yaml/to-yaml";
