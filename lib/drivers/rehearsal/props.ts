/** How a rehearsed rollout can end. */
export const RehearsedOutcome = {
  /** The new version has the traffic. */
  Promoted: "promoted",
  /** It has lost it. */
  RolledBack: "rolled-back",
  /** A person has to decide. */
  Paused: "paused",
  /** What was to be measured is measured. */
  Completed: "completed",
} as const;
export type RehearsedOutcome = (typeof RehearsedOutcome)[keyof typeof RehearsedOutcome];

/**
 * A fault to put into one track, at least one of `latency`, `errors`, `wrong`, `strays` and `crash`. Wrong predictions and
 * a crash happen in the server, the others at the route, as a mesh puts them in.
 */
export interface FaultProps {
  /** Track that the fault is put into: its role, such as `"canary"`, `"green"` or `"shadow"`, a variant's name, or a version. */
  readonly track: string;
  /**
   * Time added to every answer, such as `"250ms"`; real time, not the rollout's.
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
   * Share of its requests that reach the first track instead, as with a split that is not the declared one.
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
}

/** Feedback that must not count, each as a share of the true feedback. */
export interface FeedbackNoiseProps {
  /**
   * Share that comes a second time.
   * @default 0
   */
  readonly repeated?: number;
  /**
   * Share beside which a value comes for a prediction that nobody made.
   * @default 0
   */
  readonly unknown?: number;
  /**
   * Share beside which a value comes for a prediction of a version that takes no part.
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
  /** Model file of every version that takes part, by version; relative to the props file. */
  readonly models: Record<string, string>;
  /** File of recorded requests, relative to the props file; `docs/rehearsal.md` describes the format. */
  readonly samples: string;
  /**
   * Requests per second, in real time; they come at random moments, whether or not the earlier ones were answered.
   * @default 200
   */
  readonly rate?: number;
  /**
   * How many users make the requests. An A/B test holds each of them to a variant.
   * @default 2000
   */
  readonly users?: number;
  /**
   * How many times faster than real time the rollout's clock goes. It shortens the hold times alone: samples come at
   * `rate`, so a stage lasts until its time is over and its gates have seen enough.
   * @default 60
   */
  readonly speed?: number;
  /**
   * How long after an answer its label comes back, on the rollout's clock.
   * @default "0s"
   */
  readonly labelDelay?: string;
  /**
   * Business metric as which labels come back: 1 for a right answer, 0 for a wrong one.
   * @default "accuracy"
   */
  readonly labelMetric?: string;
  /**
   * Rewards that nobody can read off a label, such as clicks: by metric, then by version, the share of its predictions
   * that earn a 1 (the others earn a 0). They come back like labels, `labelDelay` after the answer.
   * @default - none
   */
  readonly rewards?: Record<string, Record<string, number>>;
  /**
   * Feedback that comes beside the true one, and must not count.
   * @default - none
   */
  readonly feedbackNoise?: FeedbackNoiseProps;
  /**
   * Faults to put in.
   * @default - none
   */
  readonly faults?: FaultProps[];
  /**
   * How it should end, where that is known beforehand, as of an example.
   * @default - not said
   */
  readonly expect?: RehearsedOutcome;
  /**
   * Version that should have most of the traffic at the end.
   * @default - not said
   */
  readonly expectLeader?: string;
  /**
   * What is wrong with it besides the faults, in a few words, such as `"a model that takes 4 for 9"`.
   * @default - nothing
   */
  readonly flaw?: string;
  /**
   * Whether, after a promotion, the traffic is moved back once under load, as evidence that it can be.
   * @default true
   */
  readonly drill?: boolean;
  /**
   * Seed of every random choice: which track, which sample, when, and which request a fault hits.
   * @default 1
   */
  readonly seed?: number;
}
