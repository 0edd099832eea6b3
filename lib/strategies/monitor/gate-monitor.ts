import type { Gate } from "../gate";
import type { Pair } from "../pair";
import type { SequentialTest } from "../statistics/sequential-test";
import { NO_TOTALS, type Tally, type Totals } from "../tally";
import type { ComparisonStates } from "./comparison-states";
import { freshFrom, type Freshness } from "./freshness";
import type { CounterSource } from "./reading";
import { NEW_HEALTH, type ServiceHealth } from "./service-health";

/** The gates of a policy and how strict they are. */
export interface MonitorRules {
  readonly gates: readonly Gate[];
  /** Requests of the candidate that every stage needs before it can pass. */
  readonly minimumSamples: number;
  /** Probability, over the whole rollout, that a candidate as good as its baseline fails a gate. */
  readonly falseAlarmRate: number;
  /**
   * Seconds after the start of a stage, or after another replica of the candidate became ready, in which the candidate's
   * latency does not count. Errors always count.
   *
   * @default 0
   */
  readonly warmUpSeconds?: number;
  /**
   * Seconds for which both tracks may miss an objective before the rollout pauses.
   *
   * @default 3600
   */
  readonly maxUnwellSeconds?: number;
  /**
   * Seconds between two scrapes of the counters. With it, a stage passes only on samples from its whole hold time: the newest
   * no older than two scrapes, and some in every third of it.
   *
   * @default - samples of any age count
   */
  readonly scrapeSeconds?: number;
}

/** The state of all gates of one candidate; plain data of bounded size that survives JSON. */
export interface GateMonitor {
  /** A track that was never observed is missing. */
  readonly tallies: Partial<Pair<Tally>>;
  /** The totals of both tracks at the start of the present stage, plus what does not count since. */
  readonly stageStart: Pair<Totals>;
  /** Since when the counts of both tracks are complete: the start of the stage, or the last time that a track lost counts. */
  readonly completeSince: number;
  /** Whether the baseline serves or mirrors requests in the present stage, so that there is something to compare with. */
  readonly hasControl: boolean;
  /** Whether the baseline's requests get feedback in it, so that business metrics can be compared too. */
  readonly hasFeedback: boolean;
  /** Whether an operator has seen what the baseline's history says about the present stage, and resumed the rollout. */
  readonly ignoresHistory: boolean;
  /** The sequential test of each gate against its objective, by gate id. */
  readonly tests: Readonly<Record<string, SequentialTest>>;
  /** The comparisons of each gate with the baseline of the same time, by gate id. */
  readonly comparisons: ComparisonStates;
  /** Time of the latest observation, and until when the candidate warms up; seconds on the driver's clock. */
  readonly observedAt: number;
  readonly warmUntil: number;
  readonly health: ServiceHealth;
  readonly freshness: Pair<Freshness>;
  readonly sources: Pair<CounterSource>;
}

/** A monitor before the first observation. */
export const NEW_MONITOR: GateMonitor = {
  tallies: {},
  stageStart: { candidate: NO_TOTALS, baseline: NO_TOTALS },
  completeSince: 0,
  hasControl: true,
  hasFeedback: true,
  ignoresHistory: false,
  tests: {},
  comparisons: {},
  observedAt: 0,
  warmUntil: 0,
  health: NEW_HEALTH,
  freshness: { candidate: freshFrom(0), baseline: freshFrom(0) },
  sources: { candidate: {}, baseline: {} },
};

/** Whether the baseline has samples for a gate in the present stage. Feedback on requests of an earlier one does not count. */
export function hasControlFor({ kind }: Gate, { hasControl, hasFeedback }: GateMonitor): boolean {
  return kind === "metric-comparison" ? hasFeedback : hasControl;
}

/** What has been counted on both tracks since the rollout began. */
export function totalsOf({ tallies }: GateMonitor): Pair<Totals> {
  return { candidate: tallies.candidate?.totals ?? NO_TOTALS, baseline: tallies.baseline?.totals ?? NO_TOTALS };
}
