import type { Weights } from "../decision";
import type { MetricDirection } from "../gate";
import type { GateMonitor, MonitorRules } from "../monitor/gate-monitor";
import type { MetricSums } from "../observation";
import type { RolloutState } from "../rollout-state";
import type { PolicyBase } from "../strategy";
import type { Tally } from "../tally";
import type { Contrast } from "./contrasts";

/** How the split follows the rewards. */
export const BanditAlgorithm = {
  /** Thompson sampling: the share of each arm is the probability that it is the best. */
  Thompson: "thompson",
  /** The best arm so far gets everything except a share that is divided evenly among all arms. */
  EpsilonGreedy: "epsilonGreedy",
  /** Each percent goes to the arm with the highest upper confidence bound. */
  Ucb: "ucb",
} as const;
export type BanditAlgorithm = (typeof BanditAlgorithm)[keyof typeof BanditAlgorithm];

/** The reward of an arm: values of a metric that come back as feedback to its predictions. */
export interface RewardRule {
  /** Name of the metric in the observations, such as `clicked`. */
  readonly metric: string;
  readonly direction: MetricDirection;
  /** Bounds of the rewards: 0 and 1 where a reward is either earned or not. */
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Rewards count no earlier than this after their predictions. By default they count on arrival. */
  readonly maturitySeconds?: number;
}

/** How far the split may move. */
export interface SplitLimits {
  /** Minimum weight, in percent, of an arm that has not been removed. */
  readonly floor: number;
  /** Maximum weight, in percent, that an arm gains or loses in one update. */
  readonly maxStep: number;
}

/** How to run a bandit; plain data that survives JSON. */
export interface BanditPolicy extends PolicyBase, MonitorRules, SplitLimits {
  readonly strategy: "bandit";
  /** Names of the tracks. The first is the baseline: it serves before the bandit, and is never removed. */
  readonly arms: readonly string[];
  readonly reward: RewardRule;
  readonly algorithm: BanditAlgorithm;
  /** With `epsilonGreedy`: the share that is divided evenly among all arms. */
  readonly epsilon: number;
  /** With `ucb`: the weight of uncertainty; 1 follows the theory. */
  readonly exploration: number;
  /** The split until every arm has `minimumRewards`. */
  readonly warmUp: Weights;
  readonly minimumRewards: number;
  /** Minimum time between two updates of the split. */
  readonly updateEverySeconds: number;
  /** Time after which a reward counts half; without it, rewards never decay. */
  readonly halfLifeSeconds?: number;
  /** Time after which the split stays as it is; without it, the bandit runs until it is replaced. */
  readonly durationSeconds?: number;
  /** Ready replicas that an arm needs before its traffic starts or rises. */
  readonly minReadyReplicas: number;
}

/**
 * `waiting` for ready replicas of every arm, `warming-up` with a fixed split until every arm has rewards, `running`, and the
 * two ends: `completed` when its time is over, `rolled-back` when only the baseline is left.
 */
type BanditPhase = "waiting" | "warming-up" | "running" | "completed" | "rolled-back";

/** What a bandit remembers of one arm. */
export interface ArmState {
  readonly removed: boolean;
  /** Missing for a track that was never observed. */
  readonly tally?: Tally;
  /** The sums of the rewards, in which older ones may count less. */
  readonly rewards: MetricSums;
  /** The rewards since the present stratum began. */
  readonly stratum: MetricSums;
  /** When the arm was last read. */
  readonly readAt: number;
  /** The gates of the arm; the baseline has none. */
  readonly monitor: GateMonitor;
}

/** What a bandit remembers between two evaluations. */
export interface BanditState extends RolloutState<BanditPhase> {
  /** When the rewards last updated the split. */
  readonly updatedAt: number;
  /** Until when the rewards have decayed. */
  readonly decayedAt: number;
  readonly weights: Weights;
  /** When the present stratum began: a time in which the split does not change. */
  readonly stratumFrom: number;
  /** How much each pair of arms differs, from the strata before the present one. */
  readonly contrasts: readonly Contrast[];
  /** The size of a large difference between two arms; missing until the warm-up is complete. */
  readonly scale?: number;
  readonly arms: Readonly<Record<string, ArmState>>;
  /** The arm that the log last called the best. */
  readonly leader?: string;
}

/** The arm that all others are compared with. */
export const baselineOf = ({ arms }: BanditPolicy): string => arms[0] ?? "";

/** The arms that have not been removed, in the policy's order. */
export function activeArms({ arms }: BanditPolicy, state: BanditState): readonly string[] {
  return arms.filter((arm) => state.arms[arm]?.removed !== true);
}

/** All traffic on one arm. */
export function onlyArm({ arms }: BanditPolicy, only: string): Weights {
  return Object.fromEntries(arms.map((arm) => [arm, arm === only ? 100 : 0]));
}
