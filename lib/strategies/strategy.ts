import type { Decision, Split } from "./decision";
import type { GateEvidence } from "./gates/evidence";
import type { Observation } from "./observation";

/** How a rollout ended. `paused` waits for a person; a strategy that only measures is `completed`. */
export type Outcome = "promoted" | "rolled-back" | "paused" | "completed";

/**
 * What every strategy is: a pure reducer from observations to the split. The rehearsal and a controller know a rollout by
 * this alone. States are plain data that survives JSON; the same state and observation always give the same decision.
 */
export interface Strategy<Policy, State> {
  /** Names of all tracks; first the one that serves before the rollout and that all traffic goes back to. */
  tracks(policy: Policy): readonly string[];
  /** The split before the first look. */
  opening(policy: Policy): Split;
  /** One look; `undefined` is the state before the first. */
  decide(policy: Policy, state: State | undefined, observation: Observation): Decision<State>;
  /** What each gate says of a state. */
  evidence(policy: Policy, state: State): readonly GateEvidence[];
  /** How the rollout ended; undefined while it goes on. */
  outcome(state: State): Outcome | undefined;
}
