import type { CanaryPolicy } from "../../strategies/canary/policy";
import { planCanaryStages } from "../../strategies/canary/stages";
import { gatesOf } from "../common/gates";
import type { ParsedCanaryProps } from "./schema";

/** The policy that the declared rollout is run by. */
export function canaryPolicy(
  props: ParsedCanaryProps,
  stable: string,
  canary: string,
  weights: readonly number[],
): CanaryPolicy {
  const { analysis, traffic, autoscaling } = props;
  return {
    strategy: "canary",
    stable,
    canary,
    stages: planCanaryStages(weights, traffic.interval),
    gates: gatesOf(props.objectives, analysis),
    minimumSamples: analysis.minimumSamples,
    falseAlarmRate: analysis.falseAlarmRate,
    onInsufficientData: analysis.onInsufficientData,
    maxExtensions: analysis.maxExtensions,
    capacity: { minReadyReplicas: autoscaling.minReplicas, shareOfStable: analysis.readyShare },
  };
}
