import type { MetricSums } from "../observation";
import { quantileOfBeta } from "../statistics/beta";
import { chancesOfBest } from "./algorithms";
import { allRewards } from "./arms";
import type { BanditPolicy, RewardRule } from "./policy";
import { beliefOf, inUnit, posteriorOf, type Belief } from "./rewards";
import { activeArms, noRewards, type BanditState } from "./state";

/** What is known of one arm: what a report draws. */
export interface ArmEstimate {
  readonly arm: string;
  readonly removed: boolean;
  /** Rewards that came since the beginning, and as much as they count now, where older ones count less. */
  readonly rewards: number;
  readonly counting: number;
  /** The mean reward in its own unit, and an interval that holds the true one with a probability of 95%. Missing without rewards. */
  readonly mean?: number;
  readonly low?: number;
  readonly high?: number;
  /** Probability to be the best arm; 0 for one that was removed. */
  readonly chanceOfBest: number;
}

/** What a state knows of each arm, in the policy's order. */
export function estimates(policy: BanditPolicy, state: BanditState): readonly ArmEstimate[] {
  const active = activeArms(policy, state);
  const chances = chancesOfBest(beliefsOf(policy, state, active));
  return policy.arms.map((arm) => {
    const { removed = false, rewards = noRewards, ...known } = state.arms[arm] ?? {};
    return {
      arm,
      removed,
      rewards: allRewards(policy, known).count,
      counting: rewards.count,
      ...(rewards.count > 0 && meanAndInterval(rewards, policy.reward)),
      chanceOfBest: chances[active.indexOf(arm)] ?? 0,
    };
  });
}

/** What the rewards say of each of some arms. */
export function beliefsOf(policy: BanditPolicy, state: BanditState, arms: readonly string[]): readonly Belief[] {
  return arms.map((arm) => beliefOf(state.arms[arm]?.rewards ?? noRewards, policy.reward));
}

function meanAndInterval(rewards: MetricSums, rule: RewardRule): Pick<ArmEstimate, "mean" | "low" | "high"> {
  const belief = beliefOf(rewards, rule);
  const ends = [0.025, 0.975].map((probability) => inUnit(quantileOfBeta(posteriorOf(belief), probability), rule));
  return { mean: inUnit(belief.mean, rule), low: Math.min(...ends), high: Math.max(...ends) };
}
