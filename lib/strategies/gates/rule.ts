import type { Pair } from "../pair";
import type { LossMoments } from "../statistics/loss-moments";
import type { Totals } from "../tally";

/** The losses of a time in which the candidate did worse. */
export interface Window extends Pair<LossMoments> {
  /** The number that was fixed before: the bucket of a latency comparison. */
  readonly reference: number;
}

/** A gate's estimate over a stage. */
export interface Estimate {
  /** Samples of the candidate, and of the baseline where the gate compares. */
  readonly samples: number;
  readonly baselineSamples: number;
  /** In the gate's unit; missing without samples. */
  readonly candidate?: number;
  /** The baseline's estimate, or the objective itself. */
  readonly baseline?: number;
  /** Standard errors by which the candidate's estimate is beyond what is allowed; 0 or less when it is within. */
  readonly excess: number;
  /** Standard errors by which it is below what an objective must exclude before it passes; missing for a comparison. */
  readonly clearance?: number;
  /** Whether any of the candidate's samples were lost; without a loss there are no clumps. */
  readonly hasLosses?: boolean;
}

/** How a gate judges a candidate by itself. */
export interface Objective {
  loss(totals: Totals): LossMoments;
  /** Evidence that the losses are more than allowed, as the logarithm of an e-value. */
  logEvidence(losses: LossMoments): number;
}

/**
 * What differs between kinds of gates. Starting points, limits and verdicts are the same for all and live in judge.ts;
 * comparisons with the baseline of the same time are in concurrent-comparisons.ts.
 */
export interface GateRule {
  /** What the samples are, for messages: "requests", "values". */
  readonly unit: string;
  /** Samples that a stage needs before it can pass. */
  readonly minimumSamples: number;
  /** Missing for a gate that only compares with the baseline. */
  readonly objective?: Objective;
  /**
   * Whether it compares only with the baseline at the same time. Latency follows the load of the hour, and a track with all
   * traffic carries a load that its baseline never had: without a concurrent baseline such a gate does not apply, only the
   * latency objective does.
   */
  readonly needsConcurrentBaseline: boolean;
  /** How many samples a track has. */
  samples(totals: Totals): number;
  estimate(candidate: Totals, baseline: Totals): Estimate;
  /** "error rate 3.1% of 120 requests against 0.9% on 1.0.0". */
  describe(estimate: Estimate, baselineName: string): string;
  /** The same for a window with a regression. */
  describeRegression(window: Window, baseline: Totals, baselineName: string): string;
}
