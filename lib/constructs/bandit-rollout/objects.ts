import type { PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { prometheusRule, type RuleGroup } from "../../kubernetes/prometheus-rule";
import { rewardRules } from "../../monitoring/reward-alerts";
import { istioSplit } from "../../routing/istio";
import type { BanditPolicy } from "../../strategies/bandit/policy";
import type { Weights } from "../../strategies/decision";
import { MetricDirection } from "../../strategies/gate";
import { comparisonAlerts } from "../common/comparison";
import { rolloutMetadata, rolloutObjects, watchedMetadata } from "../common/rollout";
import { seriesOf, SERVICE_PORT } from "../common/track";
import type { ParsedBanditProps } from "./schema";

/** Seconds within which rewards are looked for at least: with thin traffic, fewer hold too few. */
const LEAST_REWARD_WINDOW = 3600;

/** A bandit whose props passed, with what was planned from them. */
export interface PlannedBandit {
  readonly props: ParsedBanditProps;
  readonly tracks: readonly Track[];
  readonly policy: BanditPolicy;
  readonly timetable: Timetable;
  readonly split: Weights;
}

/** The tracks of all arms, the split between them, and the alerts on what the gates compare and on the rewards. */
export function banditObjects(planning: PlannedBandit): Record<string, PlannedObject> {
  const { props, tracks, policy, timetable, split } = planning;
  const models = props.arms;
  const shares = tracks.map(({ name }) => ({ service: name, weight: split[name] ?? 0 }));
  return rolloutObjects(props, {
    models,
    policy,
    timetable,
    split: istioSplit(rolloutMetadata(props, models), shares, SERVICE_PORT),
    beside: {
      comparison: prometheusRule(watchedMetadata(props, models), [...comparisons(planning), ...rewards(planning)]),
    },
  });
}

/** Of each further arm against the first. */
function comparisons({ props, tracks: [baseline, ...others] }: PlannedBandit): RuleGroup[] {
  if (baseline === undefined) return [];
  return others.flatMap((arm) => comparisonAlerts(props, props.analysis, baseline, arm));
}

function rewards({ props, tracks }: PlannedBandit): RuleGroup[] {
  const { reward, traffic, analysis } = props;
  const arms = tracks.map(({ version }) => seriesOf(props, version));
  return rewardRules(arms, {
    metric: reward.metric,
    higherIsBetter: reward.direction === MetricDirection.HigherIsBetter,
    withinSeconds: Math.max(LEAST_REWARD_WINDOW, 2 * traffic.updateEvery),
    minimumRequests: analysis.minimumSamples,
    minimumRewards: traffic.warmUp.rewards,
  });
}
