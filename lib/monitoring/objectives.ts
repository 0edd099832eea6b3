/** What users are promised, in base units. */
export interface Objectives {
  readonly latencyP95Seconds?: number | undefined;
  /** Share of requests that may fail. */
  readonly errorRate?: number | undefined;
}
