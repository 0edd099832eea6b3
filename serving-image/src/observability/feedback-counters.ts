/** Why an item of feedback was not counted. */
export const REFUSAL_REASONS = [
  /** It matches none of the formats. */
  "malformed",
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

/** A value that was reported for a prediction. */
export interface FeedbackValue {
  readonly version: string;
  readonly metric: string;
  readonly value: number;
  /** Bucket of the user who received the prediction; missing if the user had none. */
  readonly bucket?: number;
}

export interface FeedbackCounters {
  add(feedback: FeedbackValue): void;
  refuse(reason: RefusalReason): void;
}
