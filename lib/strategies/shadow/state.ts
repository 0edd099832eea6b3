import { newWatch, type Watch } from "../watch/watch";
import { firstMoment } from "../moment";

/**
 * Where a shadow stands: `waiting` for ready replicas, `mirroring`, and the two verdicts: `passed`, which goes on
 * mirroring until the program changes, and `failed`, which gets no copies any more.
 */
export type ShadowPhase = "waiting" | "mirroring" | "passed" | "failed";

/** Everything `decide` remembers between two looks; plain data of bounded size that survives JSON. */
export interface ShadowState {
  readonly phase: ShadowPhase;
  /** Seconds on the driver's clock: the beginning, the latest look, when mirroring began. */
  readonly startedAt: number;
  readonly lookedAt: number;
  readonly mirroredFrom: number;
  /** Whether the log already says what is waited for. */
  readonly saidWaiting: boolean;
  /** The shadow against the live track. */
  readonly watch: Watch;
}

/** The state before the first look: no request is copied. */
export function initialState(at: number): ShadowState {
  const startedAt = firstMoment(at);
  return {
    phase: "waiting",
    startedAt,
    lookedAt: startedAt,
    mirroredFrom: startedAt,
    saidWaiting: false,
    watch: newWatch,
  };
}
