import type { OnInsufficientData } from "../../strategies/canary/policy";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, ExpectedTrafficProps, HoldProps, RolloutProps } from "../common/rollout-props";

/** The stage that the program declares, when no controller moves the weights. */
export interface DeclaredStageProps {
  /** Version that has reached this stage, the one of the canary. It keeps the stage from carrying over to the next version. */
  readonly canary: string;
  /** Number of the stage in the timetable, from 1; 0 is the preparation, and the last one is the promotion. */
  readonly number: number;
}

/** How the canary's share of the traffic grows. */
export interface CanaryTrafficProps {
  /**
   * First weight, in whole percent, at most 25.
   * @default 5
   */
  readonly initialWeight?: number;
  /**
   * Increase of the weight per stage, in whole percent.
   * @default 10
   */
  readonly increment?: number;
  /**
   * Last declared weight, in whole percent. The last stage always has all traffic but the holdback.
   * @default 100
   */
  readonly maxWeight?: number;
  /**
   * The weights one by one, such as `[5, 10, 25, 50, 100]`, instead of the three above.
   * @default - derived from initialWeight, increment and maxWeight
   */
  readonly weights?: number[];
  /**
   * Share of the traffic that stays on the stable version until the promotion, in whole percent, at most 50. It is what the
   * canary is compared with in the last stage. The promotion then gives the canary 100%.
   * @default 5
   */
  readonly holdback?: number;
  /**
   * Minimum time at each weight, such as `"30m"`.
   * @default "30m"
   */
  readonly interval?: string;
  /**
   * The stage that this program declares; each pull request raises `number` by one.
   * @default - 0, the preparation: the canary runs and serves no users
   */
  readonly stage?: DeclaredStageProps;
}

/** How the canary is judged, besides the objectives, which are always gates. */
export interface CanaryAnalysisProps extends AnalysisProps, HoldProps, ExpectedTrafficProps {
  /**
   * Share of the replicas that the stable track would need for the next weight. The canary must have these ready first.
   * @default 0.5
   */
  readonly readyShare?: number;
  /**
   * What to do when the time of a stage is over and data is missing or a gate still needs more samples.
   * @default "extend"
   */
  readonly onInsufficientData?: OnInsufficientData;
}

/**
 * Props of `CanaryRollout`: a new version serves a small share of the requests first, and more as it passes its gates.
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
  /** The candidate. */
  readonly canary: ModelVersionProps;
  /**
   * How the canary's share of the traffic grows.
   * @default - 5%, then 10 more every 30 minutes
   */
  readonly traffic?: CanaryTrafficProps;
  /**
   * How the canary is judged.
   * @default - compared with the stable track on p95 and errors
   */
  readonly analysis?: CanaryAnalysisProps;
}
