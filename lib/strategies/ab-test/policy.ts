import type { PolicyBase } from "../strategy";
import type { Weights } from "../decision";
import type { Direction } from "../gate";
import type { WatchRules } from "../watch/watch";

/** What a test is decided by. */
export interface PrimaryMetric {
  /** Name in the observations, such as `clicked`. */
  readonly name: string;
  readonly direction: Direction;
  /** Values lie between these: 0 and 1 for a rate. */
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Least difference from the control that matters, relative: 0.05 is 5% of the control's mean. */
  readonly minimumEffect: number;
  /** Values that control and variant each need before anything is said. */
  readonly minimumSamples: number;
}

/** Everything `decide` needs to run an A/B test; plain data that survives JSON. */
export interface AbTestPolicy extends PolicyBase, WatchRules {
  readonly strategy: "ab-test";
  /** Names of the tracks; the first is the control, which the others are compared with. */
  readonly variants: readonly string[];
  /** Whole percents by track name, held for the whole test. */
  readonly split: Weights;
  readonly metric: PrimaryMetric;
  readonly durationSeconds: number;
  /** Chance that any variant that is no better than the control is called a winner, over the whole test and all looks. */
  readonly falseWinRate: number;
  /** Replicas that must be ready on every track before the test begins. */
  readonly minReadyReplicas: number;
}
