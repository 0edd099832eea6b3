import { AGREEMENT } from "../../strategies/observation";
import type { ShadowPolicy } from "../../strategies/shadow/policy";
import { gatesOf } from "../common/gates";
import type { ParsedShadowProps } from "./schema";

/** Share of the replicas for its percent of the requests that a shadow must have ready; its autoscaler brings the rest. */
const READY_SHARE = 0.5;

/** The policy that the declared shadow is run by. */
export function shadowPolicy(props: ParsedShadowProps, live: string, shadow: string): ShadowPolicy {
  const { analysis, objectives, agreement } = props;
  return {
    strategy: "shadow",
    live,
    shadow,
    percent: props.percent,
    durationSeconds: props.duration,
    capacity: { minReadyReplicas: props.autoscaling.minReplicas, shareOfStable: READY_SHARE },
    gates: [
      ...gatesOf(objectives, { ...analysis, metrics: [] }),
      {
        kind: "agreement-objective",
        id: "agreement",
        metric: AGREEMENT,
        atLeast: agreement.atLeast,
        minimumSamples: agreement.minimumPairs,
      },
    ],
    minimumSamples: analysis.minimumSamples,
    falseAlarmRate: analysis.falseAlarmRate,
  };
}
