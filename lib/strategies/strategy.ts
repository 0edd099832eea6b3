import type { Decision, Split } from "./decision";
import type { Gate } from "./gate";
import type { GateEvidence } from "./gates/evidence";
import type { Observation } from "./observation";
import type { Requirements } from "./requirements";
import type { VariantResult } from "./result";

/** How a rollout ended. `paused` waits for an operator; a strategy that only measures is `completed`. */
export type Outcome = "promoted" | "rolled-back" | "paused" | "completed";

/** What every policy has, whatever its strategy. */
export interface PolicyBase {
  /** Name of the strategy in the registry. */
  readonly strategy: string;
  /**
   * Seconds on the driver's clock after which a rollout that has not ended pauses for an operator. A driver sets it; without
   * a deadline a rollout may take forever.
   */
  readonly deadlineSeconds?: number;
}

/**
 * A pure reducer from observations to the split. The rehearsal and a controller know a rollout only by this
 * interface. States are plain data that survives JSON; the same state and observation always give the same decision.
 */
export interface Strategy<Policy, State> {
  /** The title of a rollout, from the versions of its tracks. */
  title(baseline: string, candidates: string): string;
  /** Names of all tracks; the first is the baseline, which serves before the rollout and after a rollback. */
  tracks(policy: Policy): readonly string[];
  /** The gates that every candidate must pass. */
  gates(policy: Policy): readonly Gate[];
  /** What a driver must provide to run the policy. */
  requirements(policy: Policy): Requirements;
  /** How many stages there are; 0 where stages are not counted. */
  stageCount(policy: Policy): number;
  /** Seconds that the rollout takes when every gate passes as early as possible. */
  declaredSeconds(policy: Policy): number;
  /**
   * The policy for a clock that runs `speed` times faster than requests arrive: its times pass faster, but its gates need
   * as many samples as before.
   */
  onFasterClock(policy: Policy, speed: number): Policy;
  /** The split before the first evaluation. */
  opening(policy: Policy): Split;
  /** One evaluation; `undefined` is the state before the first. */
  decide(policy: Policy, state: State | undefined, observation: Observation): Decision<State>;
  /**
   * Sends all traffic back to the baseline at the request of an operator, even if the rollout is paused or promoted;
   * nothing happens if it is already rolled back. The baseline must still be able to serve.
   */
  abort(policy: Policy, state: State | undefined, at: number, reason: string): Decision<State>;
  /** Continues a paused rollout where it stopped, with the samples that it has; its deadline starts again. */
  resume(policy: Policy, state: State, at: number): Decision<State>;
  /** The state of each gate. */
  evidence(policy: Policy, state: State): readonly GateEvidence[];
  /** What a test has found about its variants; empty for a strategy that compares no variants. */
  results(policy: Policy, state: State): readonly VariantResult[];
  /** How the rollout ended; undefined while it continues. */
  outcome(state: State): Outcome | undefined;
}
