import type { Outcome, Strategy } from "../strategy";
import { decide, evidence, weightsOf } from "./decide";
import type { BlueGreenPolicy } from "./policy";
import { initialState, type BlueGreenPhase, type BlueGreenState } from "./state";

const OUTCOMES: Readonly<Partial<Record<BlueGreenPhase, Outcome>>> = {
  // Green has won; a driver that goes on looking still goes back from it, until blue is retired.
  standby: "promoted",
  retired: "promoted",
  "switched-back": "rolled-back",
  refused: "rolled-back",
};

/** A new version proves itself without users, then gets all of them at once, with an instant way back. */
export const blueGreen: Strategy<BlueGreenPolicy, BlueGreenState> = {
  tracks: (policy) => [policy.blue, policy.green],
  opening: (policy) => ({ weights: weightsOf(policy, initialState(0)) }),
  decide,
  evidence,
  outcome: ({ phase }) => OUTCOMES[phase],
};
