import { defaulted, list, map, object, optional, required, type Fields } from "../../core/checks/check";
import { labelKey, labelValue, metricName, tokenName } from "../../core/checks/names";
import type { ParsedProps } from "../../core/checks/parse-props";
import { duration, flag, number, oneOf, percent, semver, text } from "../../core/checks/values";
import { MetricDirection } from "../../strategies/gate";
import { checkModelVersion, withDefaults } from "../common/schema";
import { analysisFields, maturity, rolloutFields } from "../common/rollout-schema";
import type {
  AbExpectationProps,
  AbMetricProps,
  AbTestProps,
  AssignmentUnitProps,
  CookieUnitProps,
  HashedUnitProps,
  HeaderUnitProps,
} from "./props";

const metric = {
  name: required(metricName),
  direction: defaulted(oneOf(MetricDirection), MetricDirection.HigherIsBetter),
  lowerBound: defaulted(number({ min: 0 }), 0),
  upperBound: defaulted(number({ above: 0, max: 1e9 }), 1),
  maturity,
  minimumEffect: defaulted(number({ above: 0, max: 10 }), 0.05),
  minimumSamples: defaulted(number({ min: 100, max: 1_000_000, whole: true }), 500),
} satisfies Fields<AbMetricProps>;

const cookie = {
  name: optional(tokenName),
  days: defaulted(number({ min: 1, max: 400, whole: true }), 30),
} satisfies Fields<CookieUnitProps>;

const header = { name: defaulted(tokenName, "x-slipway-bucket") } satisfies Fields<HeaderUnitProps>;

const hash = {
  header: required(tokenName),
  salt: optional(text),
  gateway: optional(map(labelValue, labelKey)),
} satisfies Fields<HashedUnitProps>;

const unit = {
  cookie: optional(object(cookie)),
  header: optional(object(header)),
  hash: optional(object(hash)),
} satisfies Fields<AssignmentUnitProps>;

const expected = {
  valuesPerHour: required(number({ above: 0, max: 1e12 })),
  mean: required(number({ above: 0, max: 1e9 })),
  deviation: optional(number({ above: 0, max: 1e9 })),
} satisfies Fields<AbExpectationProps>;

export const abTestFields = {
  ...rolloutFields,
  variants: required(list(checkModelVersion)),
  metric: required(object(metric)),
  unit: required(object(unit)),
  duration: required(duration({ min: 1 })),
  running: defaulted(flag, false),
  split: optional(map(percent, semver)),
  falseWinRate: defaulted(number({ above: 0, max: 0.2 }), 0.05),
  analysis: withDefaults(analysisFields),
  expected: optional(object(expected)),
} satisfies Fields<AbTestProps>;

export type ParsedAbTestProps = ParsedProps<typeof abTestFields>;
