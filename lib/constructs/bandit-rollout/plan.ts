import { parseProps } from "../../core/checks/parse-props";
import type { Plan, Track } from "../../core/plan";
import type { RuleGroup } from "../../kubernetes/prometheus-rule";
import { rewardRules } from "../../monitoring/reward-alerts";
import type { Series } from "../../monitoring/series";
import type { BanditPolicy } from "../../strategies/bandit/policy";
import type { Weights } from "../../strategies/decision";
import { evenSplit } from "../../strategies/even-split";
import { MetricDirection } from "../../strategies/gate";
import { defineRollout } from "../common/define-rollout";
import { withMaturity } from "../common/gates";
import { monitorRules } from "../common/monitor-rules";
import { weightsByTrack } from "../common/split";
import { seriesOf } from "../common/track";
import { checkBandit } from "./guardrails";
import type { BanditRolloutProps } from "./props";
import { banditFields, type ParsedBanditProps } from "./schema";
import { banditTimetable } from "./timetable";

/** Shortest window for rewards, in seconds: with little traffic, a shorter one contains too few. */
const SHORTEST_REWARD_WINDOW = 3600;

/**
 * What a `BanditRollout` would create: a track for each arm, the split between them, the route to it, the policy and the
 * timetable. Pure: the same props give the same plan. A plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planBanditRollout("recommender", props);
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export const planBanditRollout: (name: string, props: BanditRolloutProps) => Plan<BanditPolicy> = defineRollout({
  construct: "BanditRollout",
  parse: (name, props, diagnostics) => parseProps(name, props, banditFields, diagnostics),
  models: ({ arms }: ParsedBanditProps) => arms.map((model, index) => ({ path: `arms[${index}]`, model })),
  exposesUsers: true,
  check: checkBandit,
  policy: ({ props, tracks }) => banditPolicy(props, tracks),
  split: ({ props, tracks }) => declaredSplit(props, tracks),
  timetable: ({ props, policy, tracks }) =>
    banditTimetable(props.name, policy, {
      declared: declaredSplit(props, tracks)?.weights,
      controlled: props.controller.enabled,
    }),
  alerts: ({ props, server, tracks }) =>
    rewardAlerts(
      props,
      tracks.map(({ version }) => seriesOf({ ...props, server }, version)),
    ),
});

function banditPolicy(props: ParsedBanditProps, tracks: readonly Track[]): BanditPolicy {
  const { reward, traffic, autoscaling } = props;
  const { warmUp, halfLife, duration } = traffic;
  const arms = tracks.map(({ name }) => name);
  return {
    strategy: "bandit",
    arms,
    reward: withMaturity(reward),
    algorithm: traffic.algorithm,
    epsilon: traffic.epsilon ?? 0.1,
    exploration: traffic.exploration ?? 1,
    warmUp: warmUp.split === undefined ? evenSplit(arms) : weightsByTrack(warmUp.split, tracks),
    minimumRewards: warmUp.rewards,
    floor: traffic.floor,
    maxStep: traffic.maxStep,
    updateEverySeconds: traffic.updateEvery,
    ...(halfLife !== undefined && { halfLifeSeconds: halfLife }),
    ...(duration !== undefined && { durationSeconds: duration }),
    minReadyReplicas: autoscaling.minReplicas,
    ...monitorRules(props, duration ?? Infinity),
  };
}

function declaredSplit({ traffic }: ParsedBanditProps, tracks: readonly Track[]): { weights: Weights } | undefined {
  return traffic.split && { weights: weightsByTrack(traffic.split, tracks) };
}

function rewardAlerts({ reward, traffic, analysis }: ParsedBanditProps, arms: readonly Series[]): RuleGroup[] {
  return rewardRules(arms, {
    metric: reward.metric,
    higherIsBetter: reward.direction === MetricDirection.HigherIsBetter,
    withinSeconds: Math.max(SHORTEST_REWARD_WINDOW, 2 * traffic.updateEvery) + reward.maturity,
    minimumRequests: analysis.minimumSamples,
    minimumRewards: traffic.warmUp.rewards,
  });
}
