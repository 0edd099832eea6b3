import type { BanditAlgorithm } from "../../strategies/bandit/policy";
import type { MetricDirection } from "../../strategies/gate";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, RolloutProps } from "../common/rollout-props";

/** What an arm earns; rewards come back as feedback on predictions. */
export interface BanditRewardProps {
  /** Name under which rewards are sent as feedback, such as `clicked`. */
  readonly metric: string;
  /**
   * Which way is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Least reward that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest reward that can be sent, up to a billion. The nearer to what really comes, the sooner the arms are told apart.
   * @default 1
   */
  readonly upperBound?: number;
}

/** The split before the rewards move it. */
export interface BanditWarmUpProps {
  /**
   * Whole percents by version, such as `\{ "2.2.0": 80, "2.3.0": 20 \}`; each arm once, summing to 100, none under the floor.
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
   * How shares are made from rewards: `thompson` gives each arm the probability that it is the best one, `epsilonGreedy` all
   * but `epsilon` to the best so far, `ucb` each percent to the arm that could still be the best.
   * @default "thompson"
   */
  readonly algorithm?: BanditAlgorithm;
  /**
   * With `epsilonGreedy`: the share of the traffic that is for all arms alike.
   * @default 0.1
   */
  readonly epsilon?: number;
  /**
   * With `ucb`: how much doubt is worth; more than 1 tries the others longer.
   * @default 1
   */
  readonly exploration?: number;
  /**
   * Percents that every arm keeps, so that there is always something to compare.
   * @default 5
   */
  readonly floor?: number;
  /**
   * Percents that an arm gains or loses at most in one move.
   * @default 10
   */
  readonly maxStep?: number;
  /**
   * Least time between two moves. As long as most rewards take to come back, or longer.
   * @default "10m"
   */
  readonly updateEvery?: string;
  /**
   * The split before that.
   * @default - the same for each arm, until each has 200 rewards
   */
  readonly warmUp?: BanditWarmUpProps;
  /**
   * Time in which a reward comes to count half, for rewards that drift, such as `"12h"`.
   * @default - rewards never age
   */
  readonly halfLife?: string;
  /**
   * Time after which the split stays as it is.
   * @default - none: it goes on until the program names other arms
   */
  readonly duration?: string;
  /**
   * The split that this program declares, when no controller moves it: whole percents by version, each arm once, summing to
   * 100; 0 takes an arm out.
   * @default - 100 to the first arm: prepared, the others run and serve nobody
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
  /** The versions to choose between, two or more. The first serves now; the others are held against it and give way to it. */
  readonly arms: ModelVersionProps[];
  /** What they are chosen by. */
  readonly reward: BanditRewardProps;
  /**
   * How the split follows the rewards.
   * @default - by Thompson sampling, at most 10% every ten minutes, 5% always left to each arm
   */
  readonly traffic?: BanditTrafficProps;
  /**
   * The guardrails: what takes an arm out for good, whatever it earns.
   * @default - compared with the first arm on p95 and errors
   */
  readonly analysis?: AnalysisProps;
}
