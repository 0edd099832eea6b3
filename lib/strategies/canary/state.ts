import type { SequentialTest } from "../statistics/sequential-test";
import { noTotals, type Tally, type Totals } from "../tally";

/**
 * Where a canary stands: `waiting` for ready replicas before its first request, `running`, `paused` until someone
 * resumes it, and the two ends.
 */
export type CanaryPhase = "waiting" | "running" | "paused" | "promoted" | "rolled-back";

/** What has been counted on the two tracks. */
export interface BothTracks<T> {
  readonly canary: T;
  readonly stable: T;
}

/** Everything `decide` remembers between two looks; plain data of bounded size that survives JSON. */
export interface CanaryState {
  readonly phase: CanaryPhase;
  /** Index into the policy's stages; −1 before the first. */
  readonly stage: number;
  /** Seconds on the driver's clock: the beginning, the latest look, when the stage was entered, when its hold began. */
  readonly startedAt: number;
  readonly lookedAt: number;
  readonly stageEnteredAt: number;
  readonly holdStartedAt: number;
  /** Further holds that this stage has taken for want of samples. */
  readonly extensions: number;
  /** Whether the log already says that more ready replicas are awaited. */
  readonly awaitsCapacity: boolean;
  /** A track that was never seen is missing. */
  readonly tallies: Partial<BothTracks<Tally>>;
  /** What the tracks had counted when the stage was entered. */
  readonly stageBase: BothTracks<Totals>;
  /** The sequential test of each gate, by gate id. */
  readonly tests: Readonly<Record<string, SequentialTest>>;
}

const nothingYet: BothTracks<Totals> = { canary: noTotals, stable: noTotals };

/** The state before the first look, with all traffic on the stable track. */
export function initialState(at: number): CanaryState {
  const startedAt = Number.isFinite(at) ? at : 0;
  return {
    phase: "waiting",
    stage: -1,
    startedAt,
    lookedAt: startedAt,
    stageEnteredAt: startedAt,
    holdStartedAt: startedAt,
    extensions: 0,
    awaitsCapacity: false,
    tallies: {},
    stageBase: nothingYet,
    tests: {},
  };
}

/** What has been counted on both tracks since the rollout began. */
export function totalsOf({ tallies }: CanaryState): BothTracks<Totals> {
  return { canary: tallies.canary?.totals ?? noTotals, stable: tallies.stable?.totals ?? noTotals };
}
