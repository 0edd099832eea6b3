/** Inclusive limits of a weight, in whole percent. */
export interface WeightRange {
  readonly least: number;
  readonly most: number;
}

/** One row of a timetable: a split, its period, and the gates that end it. */
export interface TimetableStage {
  /** 0 is the preparation: the new track has no traffic yet. */
  readonly number: number;
  /** Whole percentages by track name. */
  readonly weights: Readonly<Record<string, number>>;
  /** Percent of the requests that are mirrored to a track, by track name. Its responses are discarded. */
  readonly mirrors?: Readonly<Record<string, number>>;
  /** Limits of each weight, by track name, where the weights move within the stage. */
  readonly ranges?: Readonly<Record<string, WeightRange>>;
  /** Description of the period, where the stage does not end at a fixed time. */
  readonly period?: string;
  /** Seconds since the start of the rollout, if every stage passes as soon as it can. */
  readonly fromSeconds: number;
  /** Missing for the last row, which has no end. */
  readonly untilSeconds?: number;
  /** Descriptions of the gates that must pass to leave the stage. */
  readonly gates: readonly string[];
  /** Description of what happens when a gate fails. */
  readonly onFailure: string;
}

/** The stages of a rollout over time, for reviewers. */
export interface Timetable {
  readonly title: string;
  readonly stages: readonly TimetableStage[];
  /** Number of the stage that the program declares; missing where a controller moves the weights. */
  readonly current?: number;
  /** Further notes for reviewers. */
  readonly notes: readonly string[];
}
