import type { MetricDirection } from "../../strategies/gate";
import type { RoutingProps } from "../../routing/props";
import type { ServedProps } from "./props";

/** A business metric that a candidate must not worsen; its values come back as feedback on predictions. */
export interface BusinessMetricProps {
  /** Name under which feedback is sent, such as `accuracy` or `clicked`. */
  readonly name: string;
  /**
   * Which direction is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * How much worse than the baseline a candidate may be, relative: `0.01` is 1%.
   * @default 0.01
   */
  readonly margin?: number;
  /**
   * Smallest value that can be sent, 0 or more.
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
   * Values from the candidate that a stage needs before it can pass.
   * @default 50
   */
  readonly minimumSamples?: number;
}

/** How a candidate is compared with the baseline. */
export interface ComparisonProps {
  /**
   * How much higher the p95 of a candidate may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the baseline is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much higher the error rate of a candidate may be, relative: `0.25` is 25%. A candidate within it is rolled back in
   * at most 5% of the rollouts, and the larger it is, the later a small regression is found. Errors are those of
   * `objectives.errorRate`.
   * @default 0.25
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to the candidate that each stage needs before it can pass. An objective needs more if they cannot exclude twice
   * its limit: with `errorRate: 0.001` at least 676.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Probability, over the whole rollout, that a candidate as good as the baseline is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * How long after the start of a stage, or after another replica became ready, the latency of a candidate does not count;
   * its errors always count. A router that can raises the share of a new replica over this time. "0s" turns both off.
   * @default - 30s, but at most a quarter of the time in which the candidate is judged
   */
  readonly warmUp?: string;
}

/** The traffic that a rollout expects. */
export interface ExpectedTrafficProps {
  /**
   * Requests per second to all versions together. The timetable then says what the rollout can see at this rate, and a
   * finding reports stages that get too few requests to pass.
   * @default - the timetable shows 1, 10 and 100
   */
  readonly expectedRequestsPerSecond?: number;
}

/** How a candidate is judged, including business metrics. */
export interface AnalysisProps extends ComparisonProps {
  /**
   * Business metrics.
   * @default - none
   */
  readonly metrics?: BusinessMetricProps[];
}

/** How long a rollout holds its weights before it pauses until an operator decides. */
export interface HoldProps {
  /**
   * How many times the time of a stage may pass again while data is missing or a gate needs more samples.
   * @default 4
   */
  readonly maxExtensions?: number;
  /**
   * How long an incident may last in which both versions miss an objective. In this time nothing is judged, and it does not
   * count for the stage.
   * @default "1h"
   */
  readonly incidentTimeout?: string;
}

/** Whether a controller in the cluster moves the weights. */
export interface RolloutControlProps {
  /**
   * Whether a rollout controller in the cluster owns the weights. There is none yet, so `true` is rejected.
   * @default false
   */
  readonly enabled?: boolean;
}

/** Props of every rollout: several versions, and a split of the traffic between them. */
export interface RolloutProps extends ServedProps {
  /** What routes the traffic. */
  readonly routing: RoutingProps;
  /**
   * What moves the weights.
   * @default - the program
   */
  readonly controller?: RolloutControlProps;
}
