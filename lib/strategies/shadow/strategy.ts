import { metricsOf } from "../gates/metrics-of";
import type { Outcome, Strategy } from "../strategy";
import { decide, evidence, splitOf } from "./decide";
import type { ShadowPolicy } from "./policy";
import { initialState, type ShadowPhase, type ShadowState } from "./state";

const OUTCOMES: Readonly<Partial<Record<ShadowPhase, Outcome>>> = { passed: "completed", failed: "rolled-back" };

/** A new version answers copies of real requests, and nobody gets its answers: they are compared. */
export const shadow: Strategy<ShadowPolicy, ShadowState> = {
  title: (baseline, candidates) => `shadow ${candidates} beside ${baseline}`,
  tracks: (policy) => [policy.live, policy.shadow],
  gates: ({ gates }) => gates,
  requirements: ({ shadow, gates }) => ({ stickyUsers: false, comparedTrack: shadow, metrics: metricsOf(gates) }),
  stageCount: () => 0,
  declaredSeconds: ({ durationSeconds }) => durationSeconds,
  onFasterClock: (policy) => policy,
  opening: (policy) => splitOf(policy, initialState(0)),
  decide,
  evidence,
  results: () => [],
  outcome: ({ phase }) => OUTCOMES[phase],
};
