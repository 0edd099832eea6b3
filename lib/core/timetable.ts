/** Whole percents that a weight stays between, both included. */
export interface WeightRange {
  readonly least: number;
  readonly most: number;
}

/** One row of a timetable: a split, from when to when, and what ends it. */
export interface TimetableStage {
  /** 0 is the preparation, when the new track serves nobody yet. */
  readonly number: number;
  /** Whole percents by track name. */
  readonly weights: Readonly<Record<string, number>>;
  /** Percent of the requests that a track gets copies of, by track name; nobody gets its answers. */
  readonly mirrors?: Readonly<Record<string, number>>;
  /** Where the weights move within the stage: the least and the most that a track may have, by track name. */
  readonly ranges?: Readonly<Record<string, WeightRange>>;
  /** When the stage is, in words, where no clock ends it. */
  readonly period?: string;
  /** Seconds since the rollout's start, when every stage passes at once. */
  readonly fromSeconds: number;
  /** Missing on the last row: it lasts. */
  readonly untilSeconds?: number;
  /** Gates to leave the stage, in words. */
  readonly gates: readonly string[];
  /** What happens when a gate fails, in words. */
  readonly onFailure: string;
}

/** The stages of a rollout laid out in time, as a reviewer reads them. */
export interface Timetable {
  readonly title: string;
  readonly stages: readonly TimetableStage[];
  /** Number of the stage that the program declares now; missing where a controller moves the weights. */
  readonly current?: number;
  /** Further sentences that a reviewer should read. */
  readonly notes: readonly string[];
}
