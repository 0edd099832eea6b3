import { formatCount, formatNumber } from "../../core/format";
import { activeArms, type BanditAlgorithm, type BanditPolicy, type BanditState } from "./policy";
import { beliefOf, inUnit } from "./rewards";

const ALGORITHM_NAMES: Readonly<Record<BanditAlgorithm, string>> = {
  thompson: "Thompson sampling",
  epsilonGreedy: "epsilon-greedy",
  ucb: "upper confidence bounds",
};

/** The name of an algorithm in plain text. */
export function describeAlgorithm(algorithm: BanditAlgorithm): string {
  return ALGORITHM_NAMES[algorithm];
}

/** "clicked: 1.0.0 0.031 of 1200, 1.1.0 0.04 of 1300". */
export function describeRewards(policy: BanditPolicy, state: BanditState): string {
  const { reward } = policy;
  const arms = activeArms(policy, state).map((arm) => {
    const rewards = state.arms[arm]?.rewards;
    if (rewards === undefined || rewards.count <= 0) return `${arm} none`;
    return `${arm} ${formatNumber(inUnit(beliefOf(rewards, reward).mean, reward))} of ${formatCount(rewards.count)}`;
  });
  return `${reward.metric}: ${arms.join(", ")}`;
}
