/** Why an item of feedback was not counted. */
export const REFUSAL_REASONS = [
  /** It matches none of the formats. */
  "malformed",
  /** Its value is outside the bounds of its metric. */
  "out_of_range",
  /** Its id is not the id of a prediction. */
  "unknown_id",
  /** Ids are signed here, but this one is not. */
  "unsigned",
  /** Its id was forged, or belongs to another model. */
  "wrong_signature",
  /** The prediction was made too long ago. */
  "too_late",
  /** It would exceed the number of versions or metrics that are counted. */
  "too_many_series",
  /** The same value was reported before. */
  "duplicate",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Sums over values of feedback on the predictions of one version. */
export interface ValueSums {
  readonly version: string;
  readonly metric: string;
  /** Group of the users who received the predictions; missing if they had no bucket. */
  readonly group?: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

export interface FeedbackCounters {
  add(sums: ValueSums): void;
  refuse(reason: RefusalReason): void;
  /** Sets how many values wait until they are mature. */
  setHeld(count: number): void;
}
