import { defaulted, list, object, optional, required, type Fields, type Parsed } from "../../core/checks/check";
import { metricName } from "../../core/checks/names";
import { duration, flag, number, oneOf, percent, semver } from "../../core/checks/values";
import type { ReadProps } from "../../core/checks/read";
import { OnInsufficientData } from "../../strategies/canary/policy";
import { Direction } from "../../strategies/gate";
import { checkModelVersion, checkRouting, commonFields, whole } from "../common/checks";
import type {
  BusinessMetricProps,
  CanaryAnalysisProps,
  CanaryRolloutProps,
  CanaryTrafficProps,
  DeclaredStageProps,
  RolloutControlProps,
} from "./props";

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

const metric = {
  name: required(metricName),
  direction: defaulted(oneOf(Direction), Direction.HigherIsBetter),
  margin: defaulted(number({ min: 0, max: 10 }), 0.01),
  lowerBound: defaulted(number({ min: 0 }), 0),
  upperBound: defaulted(number({ above: 0, max: 1e9 }), 1),
  minimumSamples: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 50),
} satisfies Fields<BusinessMetricProps>;

const analysis = {
  latencyMargin: defaulted(number({ min: 0, max: 10 }), 0.2),
  latencyFloor: optional(duration({ max: 10 })),
  errorRateMargin: defaulted(number({ min: 0, max: 10 }), 0.5),
  minimumSamples: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 100),
  metrics: defaulted(list(object(metric)), []),
  onInsufficientData: defaulted(oneOf(OnInsufficientData), OnInsufficientData.Extend),
  maxExtensions: defaulted(number({ min: 0, max: 1000, whole: true }), 4),
  falseAlarmRate: defaulted(number({ above: 0, max: 0.2 }), 0.01),
  readyShare: defaulted(number({ min: 0, max: 1 }), 0.5),
} satisfies Fields<CanaryAnalysisProps>;

const controller = { enabled: defaulted(flag, false) } satisfies Fields<RolloutControlProps>;

export const canaryFields = {
  ...commonFields,
  stable: required(checkModelVersion),
  canary: required(checkModelVersion),
  routing: required(checkRouting),
  traffic: whole(traffic),
  analysis: whole(analysis),
  controller: whole(controller),
} satisfies Fields<CanaryRolloutProps>;

export type CanaryRead = ReadProps<typeof canaryFields>;
export type CanaryTraffic = Parsed<typeof traffic>;
export type CanaryAnalysis = Parsed<typeof analysis>;
