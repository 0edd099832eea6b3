/** When a request was computed; moments are those of `performance.now()`. */
export interface RunOfRequest {
  readonly queuedAt: number;
  readonly startedAt: number;
  /** How long the run took, and the rows in it, those of other requests included. */
  readonly seconds: number;
  readonly rows: number;
}
