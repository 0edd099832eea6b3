import { metricsOf } from "../gates/metrics-of";
import type { Outcome, Strategy } from "../strategy";
import { decide, evidence } from "./decide";
import { onFasterClock } from "./faster-clock";
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
  title: (baseline, candidates) => `canary of ${candidates} against ${baseline}`,
  tracks: (policy) => [policy.stable, policy.canary],
  gates: ({ gates }) => gates,
  requirements: ({ gates }) => ({ stickyUsers: false, metrics: metricsOf(gates) }),
  stageCount: ({ stages }) => stages.length,
  declaredSeconds: ({ stages }) => stages.reduce((sum, { holdSeconds }) => sum + holdSeconds, 0),
  onFasterClock,
  opening: (policy) => ({ weights: weightsOf(policy, initialState(0)) }),
  decide,
  evidence,
  results: () => [],
  outcome: ({ phase }) => OUTCOMES[phase],
};
