/** Why an item of feedback was not counted. */
export const REFUSAL_REASONS = [
  /** It is not in one of the forms. */
  "malformed",
  /** Its id is none that this server gives. */
  "unknown_id",
  /** Ids are signed here, but its is not. */
  "unsigned",
  /** Its id was made up, or belongs to another model. */
  "wrong_signature",
  /** The prediction was made too long ago. */
  "too_late",
  /** It would be one version or metric more than are counted. */
  "too_many_series",
  /** The same was reported before. */
  "duplicate",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface FeedbackCounters {
  add(version: string, metric: string, value: number): void;
  refuse(reason: RefusalReason): void;
}
