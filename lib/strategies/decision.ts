/** Whole percents by track name, summing to 100. */
export type Weights = Readonly<Record<string, number>>;

/** Something a person should read in the log of a rollout. */
export interface RolloutEvent {
  /** Seconds on the driver's clock. */
  readonly at: number;
  readonly kind:
    | "started"
    | "stage-entered"
    | "extended"
    | "waiting-for-capacity"
    | "gate-failed"
    | "paused"
    | "resumed"
    | "promoted"
    | "rolled-back";
  /** One plain sentence, with the figures that decided. */
  readonly message: string;
}

/** What a policy answers to one observation. */
export interface Decision<State> {
  readonly state: State;
  readonly weights: Weights;
  readonly events: readonly RolloutEvent[];
}
