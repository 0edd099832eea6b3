/** Which feedback about predictions is accepted. */
export interface FeedbackConfig {
  /**
   * File with the secret that signs prediction ids, the same for all replicas. It may have several secrets, one per line:
   * the first one signs, and all are accepted.
   * @default - SLIPWAY_FEEDBACK_SECRET; without either, ids are not signed and any well-formed id is accepted
   */
  readonly secretFile?: string;
  /**
   * How long feedback is accepted after the prediction, in seconds; requires signed ids.
   * @default - no limit
   */
  readonly maxAgeSeconds?: number;
  /**
   * File with the rules of each metric: `{"clicked": {"lowerBound": 0, "upperBound": 1, "maturitySeconds": 120}}`. It may be
   * missing, appear and change while the server runs.
   * @default - SLIPWAY_FEEDBACK_METRICS_FILE; without either, every value counts on arrival
   */
  readonly metricsFile?: string;
  /**
   * Largest value that is accepted; the rules of a metric may narrow it.
   * @default 1000000000
   */
  readonly maxValue: number;
  /**
   * Number of reports that each replica remembers for each model, so that none counts twice. If the prediction cache is in
   * Redis, the replicas also share them there, for `maxAgeSeconds` or else for a day.
   * @default 100000
   */
  readonly remembered: number;
}
