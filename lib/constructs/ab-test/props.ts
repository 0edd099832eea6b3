import type { MetricDirection } from "../../strategies/gate";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, RolloutProps } from "../common/rollout-props";

/** The metric that decides a test; its values come back as feedback on predictions. */
export interface AbMetricProps {
  /** Name under which feedback is sent, such as `clicked` or `revenue`. */
  readonly name: string;
  /**
   * Which direction is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Smallest value that can be sent, 0 or more. With 0 and 1 the metric is a rate, otherwise a mean.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Age that a prediction must reach before its values count, such as `"10m"`, up to 30 days: the time in which nearly all
   * of them arrive. Without it, values that arrive sooner count sooner, so that a new version looks worse than it is if
   * bad values arrive sooner than good ones.
   * @default "0s"
   */
  readonly maturity?: string;
  /**
   * Smallest difference from the control that matters, relative: `0.05` is 5% of the control's mean.
   * @default 0.05
   */
  readonly minimumEffect?: number;
  /**
   * Values that control and variant each need before there is a result.
   * @default 500
   */
  readonly minimumSamples?: number;
}

/** A cookie that the gateway sets pins a user to a variant. */
export interface CookieUnitProps {
  /**
   * Name of the cookie.
   * @default - derived from the name and the versions, so that every test assigns users independently
   */
  readonly name?: string;
  /**
   * How long a user stays pinned without a request, in days.
   * @default 30
   */
  readonly days?: number;
}

/** A bucket that the caller sends pins a user to a variant: a whole number from 0 to 99, derived from the user's id. */
export interface HeaderUnitProps {
  /**
   * Name of the header.
   * @default "x-slipway-bucket"
   */
  readonly name?: string;
}

/**
 * A hash of the user's id pins a user to a variant, the same one on every device. The gateway computes it before it
 * chooses a route. It needs a header that users cannot set themselves.
 */
export interface HashedUnitProps {
  /** Header that names the user, such as `x-user-id`; each request without it goes to a random variant. */
  readonly header: string;
  /**
   * Shuffles the users: tests with the same salt divide them in the same way.
   * @default - derived from the name and the versions, so that every test assigns users independently
   */
  readonly salt?: string;
  /**
   * Labels of the gateway's pods, in `network.gatewayNamespace`.
   * @default - those of the router: `istio: ingressgateway` with Istio
   */
  readonly gateway?: Record<string, string>;
}

/** How users are pinned to variants: exactly one member. */
export interface AssignmentUnitProps {
  /**
   * By a cookie: for browsers.
   * @default - another member is set
   */
  readonly cookie?: CookieUnitProps;
  /**
   * By a header: for callers that know their users.
   * @default - another member is set
   */
  readonly header?: HeaderUnitProps;
  /**
   * By a hash of the user's id: for any caller, where the router supports it.
   * @default - another member is set
   */
  readonly hash?: HashedUnitProps;
}

/** What is known in advance; it determines how long a test must run. */
export interface AbExpectationProps {
  /** Values of the metric per hour, from all users together. */
  readonly valuesPerHour: number;
  /** Mean of the metric today. */
  readonly mean: number;
  /**
   * Standard deviation of the values.
   * @default - the largest that the bounds and the mean allow, which for a rate is the exact one
   */
  readonly deviation?: number;
}

/**
 * Props of `AbTest`: users are divided among versions for a time, each user stays on one version, and a metric shows which
 * is better.
 *
 * @example
 * ```ts
 * new AbTest("recommender", {
 *   variants: [
 *     { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *     { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   ],
 *   metric: { name: "clicked", minimumEffect: 0.05 },
 *   unit: { cookie: {} },
 *   duration: "14d",
 *   running: true,
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface AbTestProps extends RolloutProps {
  /** The versions to compare, two or more; the first is the control. */
  readonly variants: ModelVersionProps[];
  /** The metric that decides the test. */
  readonly metric: AbMetricProps;
  /** How users are pinned to variants. */
  readonly unit: AssignmentUnitProps;
  /** How long the test runs, such as `"14d"`; whole weeks include every weekday equally. */
  readonly duration: string;
  /**
   * Whether users are divided now. Otherwise the test is prepared or over: all variants run and the control serves all users.
   * @default false
   */
  readonly running?: boolean;
  /**
   * Whole percentages of the users by version, such as `\{ "2.2.0": 90, "2.3.0": 10 \}`, each variant once, summing to 100.
   * @default - the same for each variant
   */
  readonly split?: Record<string, number>;
  /**
   * Probability, over the whole test, that a variant that is not better than the control is called a winner.
   * @default 0.05
   */
  readonly falseWinRate?: number;
  /**
   * The guardrails: what a variant must not worsen, even if it wins.
   * @default - p95 and errors
   */
  readonly analysis?: AnalysisProps;
  /**
   * What is known in advance; a test that is too short for it is rejected.
   * @default - nothing: `slipway ab-test plan` computes with the figures that you pass
   */
  readonly expected?: AbExpectationProps;
}
