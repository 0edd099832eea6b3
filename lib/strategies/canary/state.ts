import { newWatch, type Watch } from "../watch/watch";
import { firstMoment } from "../moment";

/**
 * Where a canary stands: `waiting` for ready replicas before its first request, `running`, `paused` until someone
 * resumes it, and the two ends.
 */
export type CanaryPhase = "waiting" | "running" | "paused" | "promoted" | "rolled-back";

/** Everything `decide` remembers between two looks; plain data of bounded size that survives JSON. */
export interface CanaryState {
  readonly phase: CanaryPhase;
  /** Index into the policy's stages; −1 before the first. */
  readonly stage: number;
  /** Seconds on the driver's clock: the beginning, the latest look, when the stage was entered, when its hold began. */
  readonly startedAt: number;
  readonly lookedAt: number;
  readonly stageEnteredAt: number;
  readonly holdStartedAt: number;
  /** Further holds that this stage has taken for want of samples. */
  readonly extensions: number;
  /** Whether the log already says that more ready replicas are awaited. */
  readonly awaitsCapacity: boolean;
  /** The canary against the stable track. */
  readonly watch: Watch;
}

/** The state before the first look, with all traffic on the stable track. */
export function initialState(at: number): CanaryState {
  const startedAt = firstMoment(at);
  return {
    phase: "waiting",
    stage: -1,
    startedAt,
    lookedAt: startedAt,
    stageEnteredAt: startedAt,
    holdStartedAt: startedAt,
    extensions: 0,
    awaitsCapacity: false,
    watch: newWatch,
  };
}
