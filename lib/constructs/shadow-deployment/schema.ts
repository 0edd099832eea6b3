import { defaulted, required, type Fields } from "../../core/checks/check";
import type { ParsedProps } from "../../core/checks/parse-props";
import { duration, number } from "../../core/checks/values";
import { checkModelVersion, withDefaults } from "../common/schema";
import { comparisonFields, expectedTrafficFields, holdFields, rolloutFields } from "../common/rollout-schema";
import type { AgreementProps, ShadowAnalysisProps, ShadowDeploymentProps } from "./props";

const agreement = {
  atLeast: defaulted(number({ above: 0, below: 1 }), 0.98),
  minimumPairs: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 200),
} satisfies Fields<AgreementProps>;

const analysis = {
  ...comparisonFields,
  ...holdFields,
  ...expectedTrafficFields,
} satisfies Fields<ShadowAnalysisProps>;

export const shadowFields = {
  ...rolloutFields,
  live: required(checkModelVersion),
  shadow: required(checkModelVersion),
  percent: defaulted(number({ min: 0, max: 100, whole: true }), 10),
  duration: defaulted(duration({ min: 1 }), 86_400),
  agreement: withDefaults(agreement),
  analysis: withDefaults(analysis),
} satisfies Fields<ShadowDeploymentProps>;

export type ParsedShadowProps = ParsedProps<typeof shadowFields>;
