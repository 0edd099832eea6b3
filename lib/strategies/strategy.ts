import type { Decision, Split } from "./decision";
import type { Gate } from "./gate";
import type { GateEvidence } from "./gates/evidence";
import type { Observation } from "./observation";
import type { Requirements } from "./requirements";
import type { VariantResult } from "./result";

/** How a rollout ended. `paused` waits for a person; a strategy that only measures is `completed`. */
export type Outcome = "promoted" | "rolled-back" | "paused" | "completed";

/** What every policy has, whatever its strategy. */
export interface PolicyBase {
  /** Name of the strategy in the registry. */
  readonly strategy: string;
  /**
   * Seconds on the driver's clock after which a rollout that has not ended pauses for a person. A driver sets it; without
   * it a rollout may take as long as it takes.
   */
  readonly deadlineSeconds?: number;
}

/**
 * What every strategy is: a pure reducer from observations to the split. The rehearsal and a controller know a rollout by
 * this alone. States are plain data that survives JSON; the same state and observation always give the same decision.
 */
export interface Strategy<Policy, State> {
  /** What a rollout is about, as a title: `baseline` and `candidates` are versions. */
  title(baseline: string, candidates: string): string;
  /** Names of all tracks; the first is the baseline, which serves before the rollout and gets all traffic back. */
  tracks(policy: Policy): readonly string[];
  /** The gates that every candidate must pass. */
  gates(policy: Policy): readonly Gate[];
  /** What a driver must provide to run the policy. */
  requirements(policy: Policy): Requirements;
  /** How many stages there are; 0 where stages are not counted. */
  stageCount(policy: Policy): number;
  /** Seconds that the rollout takes when every gate passes as soon as it can. */
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
  /** What each gate says of a state. */
  evidence(policy: Policy, state: State): readonly GateEvidence[];
  /** What a test says of its variants; empty for a strategy that compares no variants. */
  results(policy: Policy, state: State): readonly VariantResult[];
  /** How the rollout ended; undefined while it goes on. */
  outcome(state: State): Outcome | undefined;
}
