import type { BanditAlgorithm } from "../../strategies/bandit/policy";
import type { MetricDirection } from "../../strategies/gate";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, RolloutProps } from "../common/rollout-props";

/** The reward of an arm; rewards come back as feedback on predictions. */
export interface BanditRewardProps {
  /** Name under which rewards are sent as feedback, such as `clicked`. */
  readonly metric: string;
  /**
   * Which direction is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Smallest reward that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest reward that can be sent, up to a billion. The closer it is to real rewards, the sooner the arms can be distinguished.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Age that a prediction must reach before its reward counts, such as `"10m"`, up to 30 days: the time in which nearly
   * all of them arrive. Without it, rewards that arrive sooner count sooner, so that an arm that was just given more
   * traffic seems to earn more or less than it does.
   * @default "0s"
   */
  readonly maturity?: string;
}

/** The split before rewards move it. */
export interface BanditWarmUpProps {
  /**
   * Whole percentages by version, such as `\{ "2.2.0": 80, "2.3.0": 20 \}`; each arm once, summing to 100, none below the floor.
   * @default - the same for each arm
   */
  readonly split?: Record<string, number>;
  /**
   * Rewards that every arm needs before the first move.
   * @default 200
   */
  readonly rewards?: number;
}

/** How the split follows the rewards. */
export interface BanditTrafficProps {
  /**
   * How rewards become shares: `thompson` gives each arm the probability that it is the best one, `epsilonGreedy` gives all
   * but `epsilon` to the best arm so far, `ucb` gives each percent to the arm with the highest upper confidence bound.
   * @default "thompson"
   */
  readonly algorithm?: BanditAlgorithm;
  /**
   * With `epsilonGreedy`: the share of the traffic that is divided evenly among all arms.
   * @default 0.1
   */
  readonly epsilon?: number;
  /**
   * With `ucb`: the weight of uncertainty; above 1 explores longer.
   * @default 1
   */
  readonly exploration?: number;
  /**
   * Smallest share of every arm, in whole percent, so that there is always data to compare.
   * @default 5
   */
  readonly floor?: number;
  /**
   * Largest change of the share of an arm in one move, in whole percent.
   * @default 10
   */
  readonly maxStep?: number;
  /**
   * Minimum time between two moves: as long as most rewards take to arrive, or longer.
   * @default "10m"
   */
  readonly updateEvery?: string;
  /**
   * The split before the first move.
   * @default - the same for each arm, until each has 200 rewards
   */
  readonly warmUp?: BanditWarmUpProps;
  /**
   * Half-life of a reward, for rewards that drift, such as `"12h"`.
   * @default - rewards never age
   */
  readonly halfLife?: string;
  /**
   * Time after which the split stays as it is.
   * @default - none: it moves until the program names other arms
   */
  readonly duration?: string;
  /**
   * The split that this program declares, when no controller moves it: whole percentages by version, each arm once, summing to
   * 100; 0 stops the traffic of an arm.
   * @default - 100 to the first arm, the preparation: the others run and serve no users
   */
  readonly split?: Record<string, number>;
}

/**
 * Props of `BanditRollout`: several versions earn rewards, and those that earn more get more of the traffic.
 *
 * @example
 * ```ts
 * new BanditRollout("recommender", {
 *   arms: [
 *     { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *     { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   ],
 *   reward: { metric: "clicked" },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface BanditRolloutProps extends RolloutProps {
  /** The versions to choose between, two or more. The first serves now; it is the baseline that the others are compared with. */
  readonly arms: ModelVersionProps[];
  /** The reward that they are chosen by. */
  readonly reward: BanditRewardProps;
  /**
   * How the split follows the rewards.
   * @default - by Thompson sampling, at most 10% every ten minutes, at least 5% for each arm
   */
  readonly traffic?: BanditTrafficProps;
  /**
   * The guardrails: what removes an arm permanently, whatever it earns.
   * @default - compared with the first arm on p95 and errors
   */
  readonly analysis?: AnalysisProps;
}
