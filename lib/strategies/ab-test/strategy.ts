import type { Outcome, Strategy } from "../strategy";
import { decide, evidence, weightsOf } from "./decide";
import type { AbTestPolicy } from "./policy";
import { initialState, type AbTestPhase, type AbTestState } from "./state";

const OUTCOMES: Readonly<Partial<Record<AbTestPhase, Outcome>>> = { completed: "completed", stopped: "rolled-back" };

/** Users are divided among variants for a time, and a metric tells which is better. */
export const abTest: Strategy<AbTestPolicy, AbTestState> = {
  tracks: ({ variants }) => variants,
  opening: (policy) => ({ weights: weightsOf(policy, initialState(policy, 0)) }),
  decide,
  evidence,
  outcome: ({ phase }) => OUTCOMES[phase],
};
