import { newWatch, type Watch } from "../watch/watch";
import { firstMoment } from "../moment";

/**
 * Where a switch stands: `preparing` while blue serves and green proves itself without users, `watching` after the switch
 * with blue at full size, `standby` when blue is only kept for the way back, and the three ends: `retired`, when blue is
 * not needed any more, `switched-back`, and `refused`, when green failed its smoke test and met nobody.
 */
export type BlueGreenPhase = "preparing" | "watching" | "standby" | "retired" | "switched-back" | "refused";

/** Everything `decide` remembers between two looks; plain data of bounded size that survives JSON. */
export interface BlueGreenState {
  readonly phase: BlueGreenPhase;
  /** Seconds on the driver's clock: the beginning, the latest look, when the phase began. */
  readonly startedAt: number;
  readonly lookedAt: number;
  readonly phaseAt: number;
  /** What green waits for, so that the log says it once. */
  readonly awaits: string;
  /** Green against blue. */
  readonly watch: Watch;
}

/** The state before the first look: all traffic on blue. */
export function initialState(at: number): BlueGreenState {
  const startedAt = firstMoment(at);
  return { phase: "preparing", startedAt, lookedAt: startedAt, phaseAt: startedAt, awaits: "", watch: newWatch };
}
