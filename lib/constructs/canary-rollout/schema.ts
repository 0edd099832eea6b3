import { defaulted, list, object, optional, required, type Fields, type Parsed } from "../../core/checks/check";
import { duration, number, oneOf, percent, semver } from "../../core/checks/values";
import type { ParsedProps } from "../../core/checks/parse-props";
import { OnInsufficientData } from "../../strategies/canary/policy";
import { checkModelVersion, withDefaults } from "../common/schema";
import { analysisFields, expectedTrafficFields, holdFields, rolloutFields } from "../common/rollout-schema";
import type { CanaryAnalysisProps, CanaryRolloutProps, CanaryTrafficProps, DeclaredStageProps } from "./props";

const declaredStage = {
  canary: required(semver),
  number: required(number({ min: 0, max: 100, whole: true })),
} satisfies Fields<DeclaredStageProps>;

const traffic = {
  initialWeight: optional(percent),
  increment: optional(percent),
  maxWeight: optional(percent),
  weights: optional(list(percent)),
  holdback: defaulted(number({ min: 0, max: 50, whole: true }), 5),
  interval: defaulted(duration({ min: 1 }), 1800),
  stage: optional(object(declaredStage)),
} satisfies Fields<CanaryTrafficProps>;

const analysis = {
  ...analysisFields,
  ...expectedTrafficFields,
  ...holdFields,
  readyShare: defaulted(number({ min: 0, max: 1 }), 0.5),
  onInsufficientData: defaulted(oneOf(OnInsufficientData), OnInsufficientData.Extend),
} satisfies Fields<CanaryAnalysisProps>;

export const canaryFields = {
  ...rolloutFields,
  stable: required(checkModelVersion),
  canary: required(checkModelVersion),
  traffic: withDefaults(traffic),
  analysis: withDefaults(analysis),
} satisfies Fields<CanaryRolloutProps>;

export type ParsedCanaryProps = ParsedProps<typeof canaryFields>;
export type CanaryTraffic = Parsed<typeof traffic>;
