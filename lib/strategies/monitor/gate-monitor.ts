import type { Gate } from "../gate";
import type { Pair } from "../pair";
import type { SequentialTest } from "../statistics/sequential-test";
import { NO_TOTALS, type Tally, type Totals } from "../tally";

/** The gates of a policy and how strict they are. */
export interface MonitorRules {
  readonly gates: readonly Gate[];
  /** Requests of the candidate that every stage needs before it can pass. */
  readonly minimumSamples: number;
  /** Probability, over the whole rollout, that a candidate as good as its baseline fails a gate. */
  readonly falseAlarmRate: number;
}

/** The state of all gates of one candidate; plain data of bounded size that survives JSON. */
export interface GateMonitor {
  /** A track that was never observed is missing. */
  readonly tallies: Partial<Pair<Tally>>;
  /** The totals of both tracks at the start of the present stage. */
  readonly stageStart: Pair<Totals>;
  /** The sequential test of each gate, by gate id. */
  readonly tests: Readonly<Record<string, SequentialTest>>;
}

/** A monitor before the first observation. */
export const NEW_MONITOR: GateMonitor = {
  tallies: {},
  stageStart: { candidate: NO_TOTALS, baseline: NO_TOTALS },
  tests: {},
};

/** What has been counted on both tracks since the rollout began. */
export function totalsOf({ tallies }: GateMonitor): Pair<Totals> {
  return { candidate: tallies.candidate?.totals ?? NO_TOTALS, baseline: tallies.baseline?.totals ?? NO_TOTALS };
}
