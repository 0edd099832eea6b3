import { defaulted, list, object, optional, required, type Fields, type Parsed } from "../../core/checks/check";
import { metricName } from "../../core/checks/names";
import { duration, flag, number, oneOf } from "../../core/checks/values";
import { MetricDirection } from "../../strategies/gate";
import { parseRouting } from "../../routing/registry";
import { commonFields, withDefaults } from "./schema";
import type {
  AnalysisProps,
  BusinessMetricProps,
  ComparisonProps,
  ExpectedTrafficProps,
  HoldProps,
  RolloutControlProps,
  RolloutProps,
} from "./rollout-props";

/** What shows up later than this comes too late for a rollout. */
const MAX_MATURITY_SECONDS = 30 * 86_400;

export const maturity = defaulted(duration({ min: 0, max: MAX_MATURITY_SECONDS }), 0);

const metric = {
  name: required(metricName),
  direction: defaulted(oneOf(MetricDirection), MetricDirection.HigherIsBetter),
  margin: defaulted(number({ min: 0, max: 10 }), 0.01),
  lowerBound: defaulted(number({ min: 0 }), 0),
  upperBound: defaulted(number({ above: 0, max: 1e9 }), 1),
  maturity,
  minimumSamples: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 50),
} satisfies Fields<BusinessMetricProps>;

export const comparisonFields = {
  latencyMargin: defaulted(number({ min: 0, max: 10 }), 0.2),
  latencyFloor: optional(duration({ max: 10 })),
  errorRateMargin: defaulted(number({ min: 0, max: 10 }), 0.25),
  minimumSamples: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 100),
  falseAlarmRate: defaulted(number({ above: 0, max: 0.2 }), 0.01),
  warmUp: optional(duration({ min: 0, max: 3600, whole: true })),
} satisfies Fields<ComparisonProps>;

export const analysisFields = {
  ...comparisonFields,
  metrics: defaulted(list(object(metric)), []),
} satisfies Fields<AnalysisProps>;

export const holdFields = {
  maxExtensions: defaulted(number({ min: 0, max: 1000, whole: true }), 4),
  incidentTimeout: defaulted(duration({ min: 60 }), 3600),
} satisfies Fields<HoldProps>;

const controller = { enabled: defaulted(flag, false) } satisfies Fields<RolloutControlProps>;

export const expectedTrafficFields = {
  expectedRequestsPerSecond: optional(number({ above: 0, max: 1e9 })),
} satisfies Fields<ExpectedTrafficProps>;

/** Fields that every rollout has. */
export const rolloutFields = {
  ...commonFields,
  routing: required(parseRouting),
  controller: withDefaults(controller),
} satisfies Fields<RolloutProps>;

export type Comparison = Parsed<typeof comparisonFields>;
export type ParsedHold = Parsed<typeof holdFields>;
export type BusinessMetric = Parsed<typeof metric>;
/** Parsed props of a rollout. */
export type ParsedRolloutProps = Parsed<typeof rolloutFields> & { readonly name: string };
