import { metricsOf } from "../gates/metrics-of";
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
  title: (baseline, candidates) => `switch from ${baseline} to ${candidates}`,
  tracks: (policy) => [policy.blue, policy.green],
  gates: ({ gates }) => gates,
  requirements: ({ green, smokeTest, gates }) => ({
    preview: { track: green, smokeTest },
    stickyUsers: false,
    metrics: metricsOf(gates),
  }),
  stageCount: () => 0,
  declaredSeconds: ({ watchSeconds }) => watchSeconds,
  onFasterClock: (policy) => policy,
  opening: (policy) => ({ weights: weightsOf(policy, initialState(0)) }),
  decide,
  evidence,
  results: () => [],
  outcome: ({ phase }) => OUTCOMES[phase],
};
