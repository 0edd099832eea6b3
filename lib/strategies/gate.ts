/** Which direction of a business metric is good. */
export const MetricDirection = {
  /** Such as accuracy or the share of clicks. */
  HigherIsBetter: "higherIsBetter",
  /** Such as a cost or an error. */
  LowerIsBetter: "lowerIsBetter",
} as const;
export type MetricDirection = (typeof MetricDirection)[keyof typeof MetricDirection];

/** A quantile of latency must stay under a limit. */
export interface LatencyObjectiveGate {
  readonly kind: "latency-objective";
  readonly id: string;
  /** 0.95 for p95. */
  readonly quantile: number;
  readonly limitSeconds: number;
}

/** The share of failed requests must stay under a limit. */
export interface ErrorRateObjectiveGate {
  readonly kind: "error-rate-objective";
  readonly id: string;
  /** 0.001 for 0.1%. */
  readonly limit: number;
}

/** A quantile of the candidate's latency may exceed the baseline's by a relative margin. */
export interface LatencyComparisonGate {
  readonly kind: "latency-comparison";
  readonly id: string;
  readonly quantile: number;
  /** 0.2 allows 20% more than the baseline. */
  readonly margin: number;
  /** Latencies up to this always pass, however fast the baseline is. */
  readonly floorSeconds: number;
}

/** The candidate's share of failed requests may exceed the baseline's by a relative margin. */
export interface ErrorRateComparisonGate {
  readonly kind: "error-rate-comparison";
  readonly id: string;
  readonly margin: number;
}

/** A business metric of the candidate may be worse than the baseline's by a margin. */
export interface MetricComparisonGate {
  readonly kind: "metric-comparison";
  readonly id: string;
  /** Name of the metric in the observations, such as `accuracy`. */
  readonly metric: string;
  readonly direction: MetricDirection;
  /** Relative: 0.01 allows 1% worse than the baseline. */
  readonly margin: number;
  /** Bounds of the values, which the sequential test needs. */
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Values count no earlier than this after their predictions. By default they count on arrival. */
  readonly maturitySeconds?: number;
  /** Values from the candidate that a stage needs before it can pass. */
  readonly minimumSamples: number;
}

/** The candidate's predictions must agree with the baseline's for a share of the requests that both answered. */
export interface AgreementObjectiveGate {
  readonly kind: "agreement-objective";
  readonly id: string;
  /** Name of the metric in the observations: 1 for a pair of predictions that agree, 0 for one that does not. */
  readonly metric: string;
  /** 0.98 lets 2% of the pairs differ. */
  readonly atLeast: number;
  /** Pairs that a stage needs before it can pass. */
  readonly minimumSamples: number;
}

/** A rule over observations that must pass before a stage can end. */
export type Gate =
  | LatencyObjectiveGate
  | ErrorRateObjectiveGate
  | LatencyComparisonGate
  | ErrorRateComparisonGate
  | MetricComparisonGate
  | AgreementObjectiveGate;

/** `needs-more-samples` is a verdict of its own: without data nothing passes. */
export type Verdict = "pass" | "fail" | "needs-more-samples";
