/** What recorded requests must show on a track before any user is sent to it. */
export interface SmokeTest {
  /** Requests that must be answered, each as expected. */
  readonly requests: number;
  /** 95% of them within this. */
  readonly latencyP95Seconds: number;
  /** Path that must answer with 200 first. */
  readonly healthPath: string;
}

/** A business metric whose values must come back as feedback. */
export interface RequiredMetric {
  /** Its name in the observations. */
  readonly metric: string;
  /** Values outside these bounds must not count. */
  readonly lowerBound: number;
  readonly upperBound: number;
  /** A value must count no earlier than this after its prediction. By default it counts on arrival. */
  readonly maturitySeconds?: number;
}

/** What a driver must provide to run a policy. */
export interface Requirements {
  /** A track that can be reached before it has any weight, and the smoke test that it must pass there. */
  readonly preview?: { readonly track: string; readonly smokeTest: SmokeTest };
  /** Whether each user stays on one track (sticky assignment). */
  readonly stickyUsers: boolean;
  /** Track whose predictions are compared with the baseline's, on mirrored requests. */
  readonly comparedTrack?: string;
  /** The business metrics, each once. */
  readonly metrics: readonly RequiredMetric[];
}
