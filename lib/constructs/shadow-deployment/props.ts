import type { ModelVersionProps } from "../common/props";
import type { ComparisonProps, ExpectedTrafficProps, HoldProps, RolloutProps } from "../common/rollout-props";

/** How many predictions of the shadow must agree with those of the live version. */
export interface AgreementProps {
  /**
   * Share of the requests answered by both on which their predictions must agree, such as `0.98`.
   * `serving.comparison` defines agreement.
   * @default 0.98
   */
  readonly atLeast?: number;
  /**
   * Pairs of predictions that are needed before it can pass.
   * @default 200
   */
  readonly minimumPairs?: number;
}

/** How a shadow is compared with the live version, and for how long requests are copied without a verdict. */
export interface ShadowAnalysisProps extends ComparisonProps, HoldProps, ExpectedTrafficProps {}

/**
 * Props of `ShadowDeployment`: a new version answers copies of real requests. Its answers are dropped after they are
 * compared with those of the live version.
 *
 * @example
 * ```ts
 * new ShadowDeployment("recommender", {
 *   live: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *   shadow: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   percent: 10,
 *   duration: "24h",
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface ShadowDeploymentProps extends RolloutProps {
  /** The version that serves users. */
  readonly live: ModelVersionProps;
  /** The version that answers copies of requests; its answers are dropped. */
  readonly shadow: ModelVersionProps;
  /**
   * Whole percentage of the requests that are copied; 0 keeps the shadow ready and stops the copies.
   * @default 10
   */
  readonly percent?: number;
  /**
   * Minimum time of mirroring before a verdict; a day includes peak and off-peak traffic.
   * @default "24h"
   */
  readonly duration?: string;
  /**
   * How many of its predictions must agree with those of the live version.
   * @default - 98% of at least 200
   */
  readonly agreement?: AgreementProps;
  /**
   * How its latency and errors are compared with those of the live version.
   * @default - p95 within +20%, error rate within +50%
   */
  readonly analysis?: ShadowAnalysisProps;
}
