import type { OnInsufficientData } from "../../strategies/canary/policy";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, RolloutProps } from "../common/rollout-props";

/** The stage that the program declares, when no controller moves the weights. */
export interface DeclaredStageProps {
  /** Version that has reached this stage; must be the canary's. It keeps a stage from carrying over to the next version. */
  readonly canary: string;
  /** Number of the stage in the timetable, from 1; 0 is the preparation. */
  readonly number: number;
}

/** How the canary's share of the traffic grows. */
export interface CanaryTrafficProps {
  /**
   * First weight, in whole percents, at most 25.
   * @default 5
   */
  readonly initialWeight?: number;
  /**
   * What each stage adds, in whole percents.
   * @default 10
   */
  readonly increment?: number;
  /**
   * Last weight, in whole percents; 100 is the promotion.
   * @default 100
   */
  readonly maxWeight?: number;
  /**
   * The weights one by one, such as `[5, 10, 25, 50, 100]`, in place of the three above.
   * @default - made from initialWeight, increment and maxWeight
   */
  readonly weights?: number[];
  /**
   * Least time at each weight, such as `"30m"`.
   * @default "30m"
   */
  readonly interval?: string;
  /**
   * The stage that this program declares: raise `number` by one in each pull request.
   * @default - 0, prepared: the canary runs and serves nobody
   */
  readonly stage?: DeclaredStageProps;
}

/** How the canary is judged. The objectives are always gates; these are the further ones. */
export interface CanaryAnalysisProps extends AnalysisProps {
  /**
   * Share of the replicas that the stable track would have at the next weight which must be ready on the canary first.
   * @default 0.5
   */
  readonly readyShare?: number;
  /**
   * What to do when a stage's time is over and a gate still needs more samples.
   * @default "extend"
   */
  readonly onInsufficientData?: OnInsufficientData;
  /**
   * How many more intervals a stage may take, with `extend`, before the rollout pauses for a person.
   * @default 4
   */
  readonly maxExtensions?: number;
}

/**
 * Props of `CanaryRollout`: a new version meets a small share of the users first, and more as it proves itself.
 *
 * @example
 * ```ts
 * new CanaryRollout("recommender", {
 *   stable: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *   canary: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   traffic: { weights: [5, 10, 25, 50, 100], interval: "30m" },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface CanaryRolloutProps extends RolloutProps {
  /** The version that serves now. */
  readonly stable: ModelVersionProps;
  /** The version on trial. */
  readonly canary: ModelVersionProps;
  /**
   * How the canary's share grows.
   * @default - 5%, then 10 more every 30 minutes
   */
  readonly traffic?: CanaryTrafficProps;
  /**
   * How the canary is judged.
   * @default - compared with the stable track on p95 and errors
   */
  readonly analysis?: CanaryAnalysisProps;
}
