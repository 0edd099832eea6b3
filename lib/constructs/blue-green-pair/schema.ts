import { defaulted, deferrable, list, object, optional, required, type Fields } from "../../core/checks/check";
import { gatewayName, hostName } from "../../core/checks/names";
import type { ParsedProps } from "../../core/checks/parse-props";
import { duration, number, oneOf, urlPath } from "../../core/checks/values";
import { checkModelVersion, withDefaults } from "../common/schema";
import { analysisFields, expectedTrafficFields, holdFields, rolloutFields } from "../common/rollout-schema";
import {
  BlueGreenColor,
  IdleColor,
  type BlueGreenAnalysisProps,
  type BlueGreenPairProps,
  type PreviewProps,
  type SmokeTestProps,
} from "./props";

const preview = {
  hosts: required(list(deferrable(hostName))),
  gateways: optional(list(deferrable(gatewayName))),
} satisfies Fields<PreviewProps>;

const smokeTest = {
  requests: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 20),
  latencyP95: optional(duration({ min: 0.001, max: 3600 })),
  healthPath: optional(urlPath),
} satisfies Fields<SmokeTestProps>;

const replicas = number({ min: 1, max: 1000, whole: true });

/** An autoscaler can delay a scale-down by an hour at most. */
const MAX_WATCH_SECONDS = 3600;

const analysis = {
  ...analysisFields,
  ...holdFields,
  ...expectedTrafficFields,
} satisfies Fields<BlueGreenAnalysisProps>;

export const blueGreenFields = {
  ...rolloutFields,
  blue: required(checkModelVersion),
  green: required(checkModelVersion),
  live: required(oneOf(BlueGreenColor)),
  idle: defaulted(oneOf(IdleColor), IdleColor.Full),
  preparedReplicas: optional(replicas),
  preview: optional(object(preview)),
  smokeTest: withDefaults(smokeTest),
  watchFor: defaulted(duration({ min: 1, max: MAX_WATCH_SECONDS, whole: true }), 3600),
  standbyFor: defaulted(duration({ min: 1 }), 86_400),
  standbyReplicas: defaulted(replicas, 1),
  standbyMirror: defaulted(number({ min: 0, max: 50, whole: true }), 5),
  analysis: withDefaults(analysis),
} satisfies Fields<BlueGreenPairProps>;

export type ParsedBlueGreenProps = ParsedProps<typeof blueGreenFields>;
