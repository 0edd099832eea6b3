import type { Outcome, Strategy } from "../strategy";
import { decide, evidence } from "./decide";
import type { CanaryPolicy } from "./policy";
import { initialState, type CanaryPhase, type CanaryState } from "./state";
import { weightsOf } from "./weights";

const OUTCOMES: Readonly<Partial<Record<CanaryPhase, Outcome>>> = {
  promoted: "promoted",
  "rolled-back": "rolled-back",
  paused: "paused",
};

/** A new version meets a small share of the users first, and more as it proves itself. */
export const canary: Strategy<CanaryPolicy, CanaryState> = {
  tracks: (policy) => [policy.stable, policy.canary],
  opening: (policy) => ({ weights: weightsOf(policy, initialState(0)) }),
  decide,
  evidence,
  outcome: ({ phase }) => OUTCOMES[phase],
};
