import { defaulted, list, object, optional, required, type Fields, type Parsed } from "../../core/checks/check";
import { duration, number, oneOf, percent, semver } from "../../core/checks/values";
import type { ReadProps } from "../../core/checks/read";
import { OnInsufficientData } from "../../strategies/canary/policy";
import { checkModelVersion, whole } from "../common/checks";
import { analysisFields, rolloutFields } from "../common/rollout-checks";
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
  interval: defaulted(duration({ min: 1 }), 1800),
  stage: optional(object(declaredStage)),
} satisfies Fields<CanaryTrafficProps>;

const analysis = {
  ...analysisFields,
  readyShare: defaulted(number({ min: 0, max: 1 }), 0.5),
  onInsufficientData: defaulted(oneOf(OnInsufficientData), OnInsufficientData.Extend),
  maxExtensions: defaulted(number({ min: 0, max: 1000, whole: true }), 4),
} satisfies Fields<CanaryAnalysisProps>;

export const canaryFields = {
  ...rolloutFields,
  stable: required(checkModelVersion),
  canary: required(checkModelVersion),
  traffic: whole(traffic),
  analysis: whole(analysis),
} satisfies Fields<CanaryRolloutProps>;

export type CanaryRead = ReadProps<typeof canaryFields>;
export type CanaryTraffic = Parsed<typeof traffic>;
