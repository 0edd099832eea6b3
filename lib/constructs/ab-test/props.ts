import type { MetricDirection } from "../../strategies/gate";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, RolloutProps } from "../common/rollout-props";

/** What a test is decided by; its values come back as feedback on predictions. */
export interface AbMetricProps {
  /** Name under which feedback is sent, such as `clicked` or `revenue`. */
  readonly name: string;
  /**
   * Which way is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Least value that can be sent, 0 or more. With 0 and 1 the metric is a rate, otherwise a mean.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Least difference from the control that matters, relative: `0.05` is 5% of the control's mean.
   * @default 0.05
   */
  readonly minimumEffect?: number;
  /**
   * Values that control and variant each need before anything is said.
   * @default 500
   */
  readonly minimumSamples?: number;
}

/** A user is held to a variant by a cookie that the gateway sets. */
export interface CookieUnitProps {
  /**
   * Name of the cookie.
   * @default - made from the name and the versions, so that every test divides the users anew
   */
  readonly name?: string;
  /**
   * How long a user is held, in days of her absence.
   * @default 30
   */
  readonly days?: number;
}

/** A user is held to a variant by a bucket that the caller sends: a whole number from 0 to 99, made from the user's id. */
export interface HeaderUnitProps {
  /**
   * Name of the header.
   * @default "x-slipway-bucket"
   */
  readonly name?: string;
}

/**
 * A user is held to a variant by a hash of her id, which the gateway makes before it chooses a route: the same on every
 * device. It needs an `EnvoyFilter`, and a header that nobody but you can set.
 */
export interface HashedUnitProps {
  /** Header that names the user, such as `x-user-id`; requests without it are divided at random, each anew. */
  readonly header: string;
  /**
   * Shuffles the users: tests with one salt divide them alike.
   * @default - made from the name and the versions, so that every test divides the users anew
   */
  readonly salt?: string;
  /**
   * Labels of the gateway's pods, in `network.gatewayNamespace`.
   * @default - istio: "ingressgateway"
   */
  readonly gateway?: Record<string, string>;
}

/** How a user is held to a variant: exactly one member. */
export interface AssignmentUnitProps {
  /**
   * By a cookie: for browsers.
   * @default - another member is given
   */
  readonly cookie?: CookieUnitProps;
  /**
   * By a header: for callers that know their users.
   * @default - another member is given
   */
  readonly header?: HeaderUnitProps;
  /**
   * By a hash of the user's id: for gateways of Istio, whoever calls.
   * @default - another member is given
   */
  readonly hash?: HashedUnitProps;
}

/** What is known beforehand; from it follows how long a test must run. */
export interface AbExpectationProps {
  /** Values of the metric that come back in an hour, from all users together. */
  readonly valuesPerHour: number;
  /** Mean of the metric today. */
  readonly mean: number;
  /**
   * Standard deviation of the values.
   * @default - the most that values between the bounds can have: that of a rate, for a rate
   */
  readonly deviation?: number;
}

/**
 * Props of `AbTest`: users are divided among versions for a time, each is held to hers, and a metric tells which is better.
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
  /** The versions to choose between, two or more; the first is the control. */
  readonly variants: ModelVersionProps[];
  /** What the test is decided by. */
  readonly metric: AbMetricProps;
  /** How a user is held to a variant. */
  readonly unit: AssignmentUnitProps;
  /** How long the test runs, such as `"14d"`; whole weeks have all their weekdays. */
  readonly duration: string;
  /**
   * Whether users are divided now. Otherwise the test is prepared, or over: all variants run and the control has everybody.
   * @default false
   */
  readonly running?: boolean;
  /**
   * Whole percents of the users by version, such as `\{ "2.2.0": 90, "2.3.0": 10 \}`, each variant once, summing to 100.
   * @default - the same for each
   */
  readonly split?: Record<string, number>;
  /**
   * Chance that any variant that is no better than the control is called a winner, over the whole test.
   * @default 0.05
   */
  readonly falseWinRate?: number;
  /**
   * The guardrails: what a variant must not worsen, whatever it wins.
   * @default - p95 and errors
   */
  readonly analysis?: AnalysisProps;
  /**
   * What is known beforehand; a test that is too short for it is refused.
   * @default - nothing: `slipway ab-test plan` reckons with other figures
   */
  readonly expected?: AbExpectationProps;
}
