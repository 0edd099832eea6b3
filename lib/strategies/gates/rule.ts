import type { LossMoments } from "../statistics/loss-moments";
import type { Totals } from "../tally";

/** The losses since a starting point, from which a regression is judged. */
export interface Window {
  readonly candidate: LossMoments;
  /** The baseline's whole history, or the same time as the candidate's where the baseline has become worse. */
  readonly baseline: LossMoments;
  /** The number that was fixed when the window began. */
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
}

/** What differs between kinds of gates. Starting points, limits and verdicts are the same for all: see judge.ts. */
export interface GateRule {
  /** What the samples are, for messages: "requests", "values". */
  readonly unit: string;
  /** Whether it compares with the baseline, and not with an objective. */
  readonly compares: boolean;
  /**
   * Whether it compares only with the baseline at the same time. Latency follows the load of the hour, and a track with all
   * traffic carries a load that its baseline never had: without a concurrent baseline such a gate does not apply, only the
   * latency objective does.
   */
  readonly needsConcurrentBaseline: boolean;
  /** Samples that a stage needs before it can pass. */
  readonly minimumSamples: number;
  /** A number that must be fixed before the test begins; undefined while there is too little data to fix it. */
  reference(baseline: Totals): number | undefined;
  /** How many samples a track has. */
  samples(totals: Totals): number;
  /** The same with their loss. */
  loss(totals: Totals, reference: number): LossMoments;
  /** Evidence that the candidate does worse than the baseline or its objective, as the logarithm of an e-value. */
  logEvidence(window: Window): number;
  /** Standard errors by which the baseline has become worse than it was before. */
  baselineDrift(now: LossMoments, before: LossMoments): number;
  /** Standard errors by which the window is beyond what the gate allows. */
  excess(window: Window, baseline: Totals): number;
  estimate(candidate: Totals, baseline: Totals): Estimate;
  /** "error rate 3.1% of 120 requests against 0.9% on 1.0.0". */
  describe(estimate: Estimate, baselineName: string): string;
  /** The same for a window with a regression. */
  describeRegression(window: Window, baseline: Totals, baselineName: string): string;
}
