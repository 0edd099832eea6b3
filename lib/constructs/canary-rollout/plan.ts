import { parseProps } from "../../core/checks/parse-props";
import type { Plan } from "../../core/plan";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import { powerOfCanary } from "../../strategies/canary/power";
import { planCanaryStages } from "../../strategies/canary/stages";
import type { Split } from "../../strategies/decision";
import { defineRollout } from "../common/define-rollout";
import { holdLimits, monitorRules } from "../common/monitor-rules";
import { checkCanary } from "./guardrails";
import type { CanaryRolloutProps } from "./props";
import { canaryFields, type ParsedCanaryProps } from "./schema";
import { canaryTimetable } from "./timetable";
import { canaryWeights } from "./weights";

/**
 * What a `CanaryRollout` would create: two tracks, the split between them, the route to it, the policy and the timetable.
 * Pure: the same props give the same plan. A plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planCanaryRollout("recommender", props);
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export const planCanaryRollout: (name: string, props: CanaryRolloutProps) => Plan<CanaryPolicy> = defineRollout({
  construct: "CanaryRollout",
  parse: (name, props, diagnostics) => parseProps(name, props, canaryFields, diagnostics),
  models: ({ stable, canary }: ParsedCanaryProps) =>
    [
      { path: "stable", model: stable },
      { path: "canary", model: canary },
    ] as const,
  exposesUsers: true,
  check: checkCanary,
  policy: ({ props, tracks: [stable, canary] }): CanaryPolicy => ({
    strategy: "canary",
    stable: stable.name,
    canary: canary.name,
    stages: planCanaryStages(canaryWeights(props.traffic), props.traffic.interval),
    ...(props.traffic.holdback > 0 && { promotedWeight: 100 }),
    ...monitorRules(props, props.traffic.interval),
    onInsufficientData: props.analysis.onInsufficientData,
    ...holdLimits(props.analysis),
    capacity: { minReadyReplicas: props.autoscaling.minReplicas, shareOfStable: props.analysis.readyShare },
  }),
  split: ({ props, policy }) => splitOfStage(policy, declaredStage(props) ?? 0),
  power: ({ policy }) => ({
    rollout: powerOfCanary(policy),
    baseline: "stable",
    passes: "is promoted",
    others: "rolled back, or paused for an operator",
    path: "traffic.interval",
  }),
  timetable: ({ props, policy }) => canaryTimetable(props.name, policy, declaredStage(props)),
});

/** Number of the stage that the program declares, 0 for the preparation; none where a controller moves the weights. */
function declaredStage({ traffic, controller }: ParsedCanaryProps): number | undefined {
  return controller.enabled ? undefined : (traffic.stage?.number ?? 0);
}

function splitOfStage({ stable, canary, stages, promotedWeight }: CanaryPolicy, number: number): Split | undefined {
  const weight = number > stages.length ? promotedWeight : stages[number - 1]?.weight;
  return weight === undefined ? undefined : { weights: { [stable]: 100 - weight, [canary]: weight } };
}
