/** How a rehearsed rollout can end. */
export const RehearsedOutcome = {
  /** The new version gets the traffic. */
  Promoted: "promoted",
  /** The new version loses the traffic. */
  RolledBack: "rolled-back",
  /** A person has to decide. */
  Paused: "paused",
  /** The measurement is complete. */
  Completed: "completed",
} as const;
export type RehearsedOutcome = (typeof RehearsedOutcome)[keyof typeof RehearsedOutcome];

/**
 * A fault to inject into one track or into all, at least one of `latency`, `errors`, `wrong`, `strays` and `crash`. Wrong predictions
 * and a crash happen in the server, the others at the route, as a service mesh injects them.
 */
export interface FaultProps {
  /**
   * Track to inject the fault into: its role, such as `"canary"`, `"green"` or `"shadow"`, a variant's name, or a version.
   * `"all"` is every track, as in an outage of a database that they share.
   */
  readonly track: string;
  /**
   * Time added to every answer, such as `"250ms"`, in real time.
   * @default - none
   */
  readonly latency?: string;
  /**
   * Share of the requests that are answered with 503, such as `0.05` for 5%.
   * @default - none
   */
  readonly errors?: number;
  /**
   * Share of the predictions that are wrong: well-formed, with other values.
   * @default - none
   */
  readonly wrong?: number;
  /**
   * Share of the track's requests that are misrouted to the first track, as by a split that is not the declared one.
   * @default - none
   */
  readonly strays?: number;
  /**
   * Whether the server's process is killed.
   * @default false
   */
  readonly crash?: boolean;
  /**
   * When the fault begins, on the rollout's clock, since its start.
   * @default "0s"
   */
  readonly at?: string;
  /**
   * How long the fault lasts, on the rollout's clock. Wrong predictions and a crash do not end.
   * @default - until the end of the rehearsal
   */
  readonly for?: string;
}

/** Feedback that must not count, each as a share of the true feedback. */
export interface FeedbackNoiseProps {
  /**
   * Share that is sent a second time.
   * @default 0
   */
  readonly repeated?: number;
  /**
   * Share accompanied by a value for a prediction that does not exist.
   * @default 0
   */
  readonly unknown?: number;
  /**
   * Share accompanied by a value for a prediction of a version outside the rollout.
   * @default 0
   */
  readonly foreign?: number;
}

/**
 * How a rollout is rehearsed on one machine: what a props file exports as `rehearsal`.
 *
 * @example
 * ```ts
 * export const rehearsal: RehearsalProps = {
 *   models: { "1.0.0": "models/1.0.0/model.onnx", "1.1.0": "models/1.1.0/model.onnx" },
 *   samples: "samples.json",
 * };
 * ```
 */
export interface RehearsalProps {
  /** Model file of every version in the rollout, by version; relative to the props file. */
  readonly models: Record<string, string>;
  /** File of recorded requests, relative to the props file; `docs/rehearsal.md` describes the format. */
  readonly samples: string;
  /**
   * Requests per second, in real time. They are sent at random times, whether or not earlier ones were answered.
   * @default 200
   */
  readonly rate?: number;
  /**
   * Number of users who make the requests. In an A/B test each of them stays on one variant.
   * @default 2000
   */
  readonly users?: number;
  /**
   * How many times faster than real time the rollout's clock runs. It shortens hold times only: samples arrive at `rate`,
   * so a stage lasts until its hold time has passed and its gates have enough samples.
   * @default 60
   */
  readonly speed?: number;
  /**
   * How many times its declared time the rollout may take, on the rollout's clock, before it pauses; the report then says
   * what was missing. For each stage `labelDelay` is added once, or the longest `maturity` of a metric if that is longer.
   * @default - 20, or more where the clock is so fast that 20 times the declared time pass in less than two real minutes
   */
  readonly deadline?: number;
  /**
   * Time from an answer until its label arrives, on the rollout's clock.
   * @default "0s"
   */
  readonly labelDelay?: string;
  /**
   * Business metric that labels are sent as: 1 for a correct answer, 0 for a wrong one.
   * @default "accuracy"
   */
  readonly labelMetric?: string;
  /**
   * Rewards that do not follow from a label, such as clicks: by metric, then by version, the share of its predictions
   * that earn a 1 (the others earn a 0). They arrive like labels, `labelDelay` after the answer.
   * @default - none
   */
  readonly rewards?: Record<string, Record<string, number>>;
  /**
   * Feedback sent in addition to the true feedback, which must not count.
   * @default - none
   */
  readonly feedbackNoise?: FeedbackNoiseProps;
  /**
   * Faults to inject.
   * @default - none
   */
  readonly faults?: FaultProps[];
  /**
   * How the rollout should end, where that is known in advance, as in an example.
   * @default - not checked
   */
  readonly expect?: RehearsedOutcome;
  /**
   * Version that should have most of the traffic at the end.
   * @default - not checked
   */
  readonly expectLeader?: string;
  /**
   * What is wrong with the candidate besides the faults, in a few words, such as `"a model that takes 4 for 9"`.
   * @default - nothing
   */
  readonly flaw?: string;
  /**
   * Whether a rollback drill follows a promotion: the traffic is moved back once under load, as evidence that it can be.
   * @default true
   */
  readonly drill?: boolean;
  /**
   * Seed of every random choice: which track, which sample, when, and which request a fault hits.
   * @default 1
   */
  readonly seed?: number;
}
