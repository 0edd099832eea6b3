import type { Weights } from "../decision";
import type { MetricDirection } from "../gate";
import type { GateMonitor, MonitorRules } from "../monitor/gate-monitor";
import type { VariantVerdict } from "../result";
import type { RolloutState } from "../rollout-state";
import type { PolicyBase } from "../strategy";
import type { Tally } from "../tally";
import type { UserTally } from "./user-tally";

/** The metric that decides a test. */
export interface PrimaryMetric {
  /** Name in the observations, such as `clicked`. */
  readonly name: string;
  readonly direction: MetricDirection;
  /** Values lie between these: 0 and 1 for a rate. */
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Values count no earlier than this after their predictions. By default they count on arrival. */
  readonly maturitySeconds?: number;
  /** Smallest difference from the control that matters, relative: 0.05 is 5% of the control's mean. */
  readonly minimumEffect: number;
  /** Values that control and variant each need before there is a result. */
  readonly minimumSamples: number;
}

/** How to run an A/B test; plain data that survives JSON. */
export interface AbTestPolicy extends PolicyBase, MonitorRules {
  readonly strategy: "ab-test";
  /** Names of the tracks; the first is the control, which the others are compared with. */
  readonly variants: readonly string[];
  /** Whole percentages by track name, held for the whole test. */
  readonly split: Weights;
  readonly metric: PrimaryMetric;
  readonly durationSeconds: number;
  /** Probability that any variant that is no better than the control is called a winner, over the whole test and all interim looks. */
  readonly falseWinRate: number;
  /** Replicas that must be ready on every track before the test starts. */
  readonly minReadyReplicas: number;
}

/** `waiting` for ready replicas, `running`, and the ends: its time is over, or a guardrail or the split stopped it. */
export type AbTestPhase = "waiting" | "running" | "completed" | "stopped";

/** What a test remembers of one variant other than the control. */
export interface VariantState {
  /** The guardrails. */
  readonly monitor: GateMonitor;
  /**
   * Size of the difference that the test looks for, in the metric's unit. It is fixed once the control has enough values,
   * so that no later value can influence it.
   */
  readonly scale?: number;
  /** A failed guardrail, which is final, or a difference, for as long as its interval excludes 0. */
  readonly found?: VariantVerdict;
  /** The last difference that was found, if the interval no longer supports it. */
  readonly changedFrom?: VariantVerdict;
}

/** What a test remembers between two evaluations. */
export interface AbTestState extends RolloutState<AbTestPhase> {
  /** Counts by track: requests, and values of the metric. */
  readonly tallies: Readonly<Record<string, Tally>>;
  /** The same when the test started: earlier counts belong to another split. */
  readonly atStart: Readonly<Record<string, Tally>>;
  /** What each track counted by user since the test started; empty where users are not counted. */
  readonly users: Readonly<Record<string, UserTally>>;
  /** All variants but the control, by name. */
  readonly variants: Readonly<Record<string, VariantState>>;
}

/** Name of the track that the others are compared with. */
export const controlOf = ({ variants }: Pick<AbTestPolicy, "variants">): string => variants[0] ?? "";
