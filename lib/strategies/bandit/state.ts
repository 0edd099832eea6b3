import type { Weights } from "../decision";
import type { MetricSums } from "../observation";
import type { Tally } from "../tally";
import { newWatch, type Watch } from "../watch/watch";
import type { BanditPolicy } from "./policy";

/**
 * Where a bandit stands: `waiting` for ready replicas of every arm, `warming-up` with a fixed split until every arm has
 * rewards, `running`, and the two ends: `completed` when its time is over, `rolled-back` when only the baseline is left.
 */
export type BanditPhase = "waiting" | "warming-up" | "running" | "completed" | "rolled-back";

/** What is remembered of an arm. */
export interface ArmState {
  readonly removed: boolean;
  /** A track that was never seen has none. */
  readonly tally?: Tally;
  /** The rewards as much as they count now: older ones may count less. */
  readonly rewards: MetricSums;
  /** The arm against the baseline; the baseline's own stays empty. */
  readonly watch: Watch;
}

/** Everything `decide` remembers between two looks; plain data of bounded size that survives JSON. */
export interface BanditState {
  readonly phase: BanditPhase;
  /** Seconds on the driver's clock: the beginning, the latest look, and when rewards last moved the split. */
  readonly startedAt: number;
  readonly lookedAt: number;
  readonly updatedAt: number;
  readonly weights: Weights;
  readonly arms: Readonly<Record<string, ArmState>>;
  /** Whether the log already says that ready replicas are awaited. */
  readonly awaitsCapacity: boolean;
  /** The arm that the log last called the best. */
  readonly leader?: string;
}

export const noRewards: MetricSums = { count: 0, sum: 0, sumOfSquares: 0 };

const newArm: ArmState = { removed: false, rewards: noRewards, watch: newWatch };

/** The state before the first look, with all traffic on the baseline. */
export function initialState({ arms }: BanditPolicy, at: number): BanditState {
  const startedAt = Number.isFinite(at) ? at + 0 : 0;
  return {
    phase: "waiting",
    startedAt,
    lookedAt: startedAt,
    updatedAt: startedAt,
    weights: Object.fromEntries(arms.map((arm, i) => [arm, i === 0 ? 100 : 0])),
    arms: Object.fromEntries(arms.map((arm) => [arm, newArm])),
    awaitsCapacity: false,
  };
}

/** The name of the arm that all others are compared with. */
export function baselineOf({ arms }: BanditPolicy): string {
  return arms[0] ?? "";
}

/** The arms that may have traffic, in the policy's order. */
export function activeArms({ arms }: BanditPolicy, state: BanditState): readonly string[] {
  return arms.filter((arm) => state.arms[arm]?.removed !== true);
}
