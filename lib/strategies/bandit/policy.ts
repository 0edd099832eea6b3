import type { PolicyBase } from "../strategy";
import type { Weights } from "../decision";
import type { Direction } from "../gate";
import type { WatchRules } from "../watch/watch";

/** How the split follows the rewards. */
export const BanditAlgorithm = {
  /** Each arm gets the probability that it is the best one. */
  Thompson: "thompson",
  /** The best arm so far gets all but a share, which is for all arms alike. */
  EpsilonGreedy: "epsilonGreedy",
  /** Each percent goes to the arm that could still be the best one. */
  Ucb: "ucb",
} as const;
export type BanditAlgorithm = (typeof BanditAlgorithm)[keyof typeof BanditAlgorithm];

/** What an arm earns: values of a metric, sent as feedback to its predictions. */
export interface RewardRule {
  /** Name of the metric in the observations, such as `clicked`. */
  readonly metric: string;
  readonly direction: Direction;
  /** Rewards lie between these: 0 and 1 where a reward is either earned or not. */
  readonly lowerBound: number;
  readonly upperBound: number;
}

/** How far the split may move. */
export interface SplitLimits {
  /** Least percents of an arm that was not removed. */
  readonly floor: number;
  /** Most percents that an arm gains or loses in one update. */
  readonly maxStep: number;
}

/** Everything `decide` needs to run a bandit; plain data that survives JSON. */
export interface BanditPolicy extends PolicyBase, WatchRules, SplitLimits {
  readonly strategy: "bandit";
  /** Names of the tracks. The first is the baseline: it serves before the bandit, and is never removed. */
  readonly arms: readonly string[];
  readonly reward: RewardRule;
  readonly algorithm: BanditAlgorithm;
  /** With `epsilonGreedy`: the share that is for all arms alike. */
  readonly epsilon: number;
  /** With `ucb`: how much doubt is worth; 1 is what theory asks for. */
  readonly exploration: number;
  /** The split until every arm has `minimumRewards`. */
  readonly warmUp: Weights;
  readonly minimumRewards: number;
  /** Least time between two moves of the split. */
  readonly updateEverySeconds: number;
  /** Time in which a reward comes to count half; without it, rewards never age. */
  readonly halfLifeSeconds?: number;
  /** Time after which the split stays as it is; without it, the bandit goes on until it is replaced. */
  readonly durationSeconds?: number;
  /** Ready replicas that an arm needs before it gets its first traffic, or more. */
  readonly minReadyReplicas: number;
}
