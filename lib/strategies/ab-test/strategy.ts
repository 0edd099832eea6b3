import { metricsOf } from "../gates/metrics-of";
import type { Outcome, Strategy } from "../strategy";
import { decide, evidence, weightsOf } from "./decide";
import type { AbTestPolicy } from "./policy";
import { resultsOf } from "./results";
import { initialState, type AbTestPhase, type AbTestState } from "./state";

const OUTCOMES: Readonly<Partial<Record<AbTestPhase, Outcome>>> = { completed: "completed", stopped: "rolled-back" };

/** Users are divided among variants for a time, and a metric tells which is better. */
export const abTest: Strategy<AbTestPolicy, AbTestState> = {
  title: (baseline, candidates) => `A/B test of ${baseline} and ${candidates}`,
  tracks: ({ variants }) => variants,
  gates: ({ gates }) => gates,
  requirements: ({ gates, metric }) => ({
    stickyUsers: true,
    metrics: [...new Set([...metricsOf(gates), metric.name])],
  }),
  stageCount: () => 0,
  declaredSeconds: ({ durationSeconds }) => durationSeconds,
  onFasterClock: (policy) => policy,
  opening: (policy) => ({ weights: weightsOf(policy, initialState(policy, 0)) }),
  decide,
  evidence,
  results: resultsOf,
  outcome: ({ phase }) => OUTCOMES[phase],
};
