/** Whole percents by track name, summing to 100. */
export type Weights = Readonly<Record<string, number>>;

/** Where requests go. */
export interface Split {
  readonly weights: Weights;
  /** Percent of the requests of which a track gets a copy whose answer nobody sees, by track name. */
  readonly mirrors?: Weights;
}

/** Something a person should read in the log of a rollout. */
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
    | "arm-removed"
    | "verdict"
    | "paused"
    | "resumed"
    | "retired"
    | "promoted"
    | "rolled-back"
    | "completed";
  /** One plain sentence, with the figures that decided. */
  readonly message: string;
}

/** What a policy answers to one observation. */
export interface Decision<State> extends Split {
  readonly state: State;
  readonly events: readonly RolloutEvent[];
}
