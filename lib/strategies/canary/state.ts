/**
 * Where a canary stands:
 * `waiting` for ready replicas before the first traffic, `running`, `paused` until someone resumes it, and the two ends.
 */
export type CanaryPhase = "waiting" | "running" | "paused" | "promoted" | "rolled-back";

/** Everything `decide` remembers between two looks; plain data that survives JSON. */
export interface CanaryState {
  readonly phase: CanaryPhase;
  /** Index into the policy's stages; −1 before the first. */
  readonly stage: number;
  /** When the stage was entered, in seconds on the driver's clock. */
  readonly stageEnteredAt: number;
}
