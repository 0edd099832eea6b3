import { formatCount, formatNumber } from "../../core/format";
import type { Weights } from "../decision";
import type { BanditPolicy } from "./policy";
import { beliefOf, inUnit } from "./rewards";
import { activeArms, type BanditState } from "./state";

/** What each algorithm is called in plain text. */
export const ALGORITHM_WORDS: Readonly<Record<BanditPolicy["algorithm"], string>> = {
  thompson: "Thompson sampling",
  epsilonGreedy: "epsilon-greedy",
  ucb: "upper confidence bounds",
};

/** "34% 1.0.0, 66% 1.1.0". */
export function splitWords(weights: Weights, arms: readonly string[]): string {
  return arms.map((arm) => `${weights[arm] ?? 0}% ${arm}`).join(", ");
}

/** "clicked: 1.0.0 0.031 of 1200, 1.1.0 0.04 of 1300". */
export function rewardWords(policy: BanditPolicy, state: BanditState): string {
  const { reward } = policy;
  const arms = activeArms(policy, state).map((arm) => {
    const rewards = state.arms[arm]?.rewards;
    if (rewards === undefined || rewards.count <= 0) return `${arm} none`;
    return `${arm} ${formatNumber(inUnit(beliefOf(rewards, reward).mean, reward))} of ${formatCount(rewards.count)}`;
  });
  return `${reward.metric}: ${arms.join(", ")}`;
}
