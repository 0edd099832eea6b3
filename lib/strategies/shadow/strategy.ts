import type { Outcome, Strategy } from "../strategy";
import { decide, evidence, splitOf } from "./decide";
import type { ShadowPolicy } from "./policy";
import { initialState, type ShadowPhase, type ShadowState } from "./state";

const OUTCOMES: Readonly<Partial<Record<ShadowPhase, Outcome>>> = { passed: "completed", failed: "rolled-back" };

/** A new version answers copies of real requests, and nobody gets its answers: they are compared. */
export const shadow: Strategy<ShadowPolicy, ShadowState> = {
  tracks: (policy) => [policy.live, policy.shadow],
  opening: (policy) => splitOf(policy, initialState(0)),
  decide,
  evidence,
  outcome: ({ phase }) => OUTCOMES[phase],
};
