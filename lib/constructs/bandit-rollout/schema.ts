import { defaulted, list, map, object, optional, required, type Fields } from "../../core/checks/check";
import { metricName } from "../../core/checks/names";
import type { ParsedProps } from "../../core/checks/parse-props";
import { duration, number, oneOf, percent, semver } from "../../core/checks/values";
import { BanditAlgorithm } from "../../strategies/bandit/policy";
import { MetricDirection } from "../../strategies/gate";
import { checkModelVersion, withDefaults } from "../common/schema";
import { analysisFields, maturity, rolloutFields } from "../common/rollout-schema";
import type { BanditRewardProps, BanditRolloutProps, BanditTrafficProps, BanditWarmUpProps } from "./props";

const reward = {
  metric: required(metricName),
  direction: defaulted(oneOf(MetricDirection), MetricDirection.HigherIsBetter),
  lowerBound: defaulted(number({ min: 0 }), 0),
  upperBound: defaulted(number({ above: 0, max: 1e9 }), 1),
  maturity,
} satisfies Fields<BanditRewardProps>;

/** Percentages by version; a guardrail checks that the versions are those of the arms. */
const split = map(number({ min: 0, max: 100, whole: true }), semver);

const warmUp = {
  split: optional(split),
  rewards: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 200),
} satisfies Fields<BanditWarmUpProps>;

const traffic = {
  algorithm: defaulted(oneOf(BanditAlgorithm), BanditAlgorithm.Thompson),
  epsilon: optional(number({ above: 0, max: 1 })),
  exploration: optional(number({ above: 0, max: 100 })),
  floor: defaulted(percent, 5),
  maxStep: defaulted(percent, 10),
  updateEvery: defaulted(duration({ min: 1 }), 600),
  warmUp: withDefaults(warmUp),
  halfLife: optional(duration({ min: 1 })),
  duration: optional(duration({ min: 1 })),
  split: optional(split),
} satisfies Fields<BanditTrafficProps>;

export const banditFields = {
  ...rolloutFields,
  arms: required(list(checkModelVersion)),
  reward: required(object(reward)),
  traffic: withDefaults(traffic),
  analysis: withDefaults(analysisFields),
} satisfies Fields<BanditRolloutProps>;

export type ParsedBanditProps = ParsedProps<typeof banditFields>;
