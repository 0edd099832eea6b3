import type { Gate } from "../gate";
import type { SequentialTest } from "../statistics/sequential-test";
import { noTotals, type Tally, type Totals } from "../tally";

/** Something of the track on trial, and of the track that it is compared with. */
export interface Pair<T> {
  readonly trial: T;
  readonly baseline: T;
}

/** What a policy says of its gates. */
export interface WatchRules {
  readonly gates: readonly Gate[];
  /** Requests of the track on trial that every stage needs before it can pass. */
  readonly minimumSamples: number;
  /** Chance, over the whole watch, that a track as good as its baseline is found harmful. */
  readonly falseAlarmRate: number;
}

/** What is remembered of a pair of tracks between two looks; plain data of bounded size that survives JSON. */
export interface Watch {
  /** A track that was never seen is missing. */
  readonly tallies: Partial<Pair<Tally>>;
  /** What the tracks had counted when the present stage was entered. */
  readonly base: Pair<Totals>;
  /** The sequential test of each gate, by gate id. */
  readonly tests: Readonly<Record<string, SequentialTest>>;
}

/** A watch that has seen nothing. */
export const newWatch: Watch = { tallies: {}, base: { trial: noTotals, baseline: noTotals }, tests: {} };

/** What has been counted on both tracks since the watch began. */
export function totalsOf({ tallies }: Watch): Pair<Totals> {
  return { trial: tallies.trial?.totals ?? noTotals, baseline: tallies.baseline?.totals ?? noTotals };
}
