import type { Sums } from "../statistics/sums";
import type { Totals } from "../tally";

/** What was counted since a moment, to be judged for harm. */
export interface Window {
  readonly track: Sums;
  /** All that the baseline ever showed, or what it showed in the same time when it was doing worse then. */
  readonly baseline: Sums;
  /** The number fixed when the window began. */
  readonly reference: number;
}

/** A gate's estimate over a stage. */
export interface Estimate {
  /** Samples of the track, and of the baseline where the gate compares. */
  readonly samples: number;
  readonly baselineSamples: number;
  /** In the gate's unit; missing without samples. */
  readonly track?: number;
  /** The baseline's, or the objective itself. */
  readonly baseline?: number;
  /** Standard errors by which the track's estimate is beyond what is allowed; 0 or less when it is within. */
  readonly excess: number;
}

/**
 * What is particular to a kind of gate. Starting moments, limits and verdicts are the same for all and live in judge.ts.
 */
export interface GateRule {
  /** What the samples are, for messages: "requests", "values". */
  readonly unit: string;
  /** Whether it compares with a baseline track, or with an objective of its own. */
  readonly compares: boolean;
  /**
   * Whether only the same time compares fairly. Latency follows the load of the hour, and a track that has all the traffic
   * is loaded as its baseline never was: without a baseline beside it such a gate rests, and its objective goes on.
   */
  readonly needsSameTime: boolean;
  /** Samples that a stage needs before it can pass. */
  readonly minimumSamples: number;
  /** A number that the test must fix before it looks on; undefined while too little is known to fix it. */
  reference(baseline: Totals): number | undefined;
  /** Samples that a track has. */
  samples(totals: Totals): number;
  /** The same with the harm in them. */
  harm(totals: Totals, reference: number): Sums;
  /** Evidence that the track does worse than the baseline or its objective, as the logarithm of an e-value. */
  logEvidence(window: Window): number;
  /** Standard errors by which the baseline did worse lately than before. */
  worsened(lately: Sums, before: Sums): number;
  /** Standard errors by which the window is beyond what the gate allows. */
  excess(window: Window, baseline: Totals): number;
  estimate(track: Totals, baseline: Totals): Estimate;
  /** "error rate 3.1% of 120 requests against 0.9% on 1.0.0". */
  describe(estimate: Estimate, baselineName: string): string;
  /** The same for a window in which harm was found. */
  describeHarm(window: Window, baseline: Totals, baselineName: string): string;
}
