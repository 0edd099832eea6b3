import type { MetricDirection } from "../../strategies/gate";
import type { RoutingProps, ServedProps } from "./props";

/** A metric of the business that a version on trial must not worsen; its values come back as feedback on predictions. */
export interface BusinessMetricProps {
  /** Name under which feedback is sent, such as `accuracy` or `clicked`. */
  readonly name: string;
  /**
   * Which way is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * How much worse than the version it is compared with is allowed, relative: `0.01` is 1%.
   * @default 0.01
   */
  readonly margin?: number;
  /**
   * Least value that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Values from the version on trial that a stage needs before it can pass.
   * @default 50
   */
  readonly minimumSamples?: number;
}

/** How a version on trial is compared with the one that serves. */
export interface ComparisonProps {
  /**
   * How much slower its p95 may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the other version is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much more often it may fail, relative: `0.5` is half as often again.
   * @default 0.5
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to it that each stage needs before it can pass.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Chance, over the whole rollout, that a version as good as the other is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
}

/** How a version on trial is judged, also by the metrics of the business. */
export interface AnalysisProps extends ComparisonProps {
  /**
   * Metrics of the business.
   * @default - none
   */
  readonly metrics?: BusinessMetricProps[];
}

/** Whether a controller in the cluster moves the weights. */
export interface RolloutControlProps {
  /**
   * True when a rollout controller runs in the cluster: it then owns the weights.
   * @default false
   */
  readonly enabled?: boolean;
}

/** Props of every rollout: several versions, and a split of the traffic between them. */
export interface RolloutProps extends ServedProps {
  /** What routes the traffic. */
  readonly routing: RoutingProps;
  /**
   * Who moves the weights.
   * @default - the program
   */
  readonly controller?: RolloutControlProps;
}
