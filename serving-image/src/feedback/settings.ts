/** What is taken of what callers report about predictions. */
export interface FeedbackConfig {
  /**
   * File with the secret that signs the ids of predictions, the same at all replicas; several lines are several
   * secrets, of which the first signs and all are accepted.
   * @default - that of SLIPWAY_FEEDBACK_SECRET; without either ids are not signed, and any well-formed id is accepted
   */
  readonly secretFile?: string;
  /**
   * How long after a prediction something may be reported about it, in seconds; needs signed ids.
   * @default - any time
   */
  readonly maxAgeSeconds?: number;
  /**
   * Largest value that is accepted.
   * @default 1000000000
   */
  readonly maxValue: number;
  /**
   * Reports that are remembered, in each replica and for each model, so that none counts twice. Where the prediction
   * cache is in Redis, all replicas remember them there as well, for `maxAgeSeconds` or else a day.
   * @default 100000
   */
  readonly remembered: number;
}
