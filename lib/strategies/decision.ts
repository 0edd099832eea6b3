/** Whole percentages by track name, summing to 100. */
export type Weights = Readonly<Record<string, number>>;

/** A split in a message: "34% 1.0.0, 66% 1.1.0". */
export function formatWeights(weights: Weights, tracks: readonly string[]): string {
  return tracks.map((track) => `${weights[track] ?? 0}% ${track}`).join(", ");
}

/** Where requests go. */
export interface Split {
  readonly weights: Weights;
  /** Percent of the requests that are mirrored to a track, by track name. Mirrored responses are discarded. */
  readonly mirrors?: Weights;
}

/** An entry in the log of a rollout, for people. */
export interface RolloutEvent {
  /** Seconds on the driver's clock. */
  readonly at: number;
  readonly kind:
    | "started"
    | "stage-entered"
    | "weights-changed"
    | "extended"
    | "waiting-for-capacity"
    | "smoke-tested"
    | "gate-failed"
    | "data-missing"
    | "service-unwell"
    | "service-recovered"
    | "arm-removed"
    | "verdict"
    | "paused"
    | "resumed"
    | "retired"
    | "promoted"
    | "rolled-back"
    | "completed";
  /** One plain sentence with the figures behind the decision. */
  readonly message: string;
}

/** What a policy decides on one observation. */
export interface Decision<State> extends Split {
  readonly state: State;
  readonly events: readonly RolloutEvent[];
}
