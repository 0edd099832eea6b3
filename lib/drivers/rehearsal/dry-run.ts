import type { Split } from "../../strategies/decision";
import type { Observation, TrackCounts } from "../../strategies/observation";
import { strategyOf, type RolloutPolicy } from "../../strategies/registry";

/** Evaluations over the declared time; a strategy that opens to its candidates at all does so within it. */
const EVALUATIONS = 10;

/** Every replica is ready, and nothing was counted. */
const READY: TrackCounts = {
  requests: 0,
  errors: 0,
  latency: { bounds: [], counts: [0] },
  metrics: {},
  readyReplicas: 1_000_000,
};

/**
 * Whether a policy ever sends a candidate a request, or a copy of one, once all replicas are ready. A rollout that does
 * not would collect no data, however long it is rehearsed.
 */
export function canReachCandidates(policy: RolloutPolicy): boolean {
  const strategy = strategyOf(policy);
  // A candidate with a preview gets its first requests from the smoke test.
  if (strategy.requirements(policy).preview !== undefined) return true;
  const [, ...candidates] = strategy.tracks(policy);
  if (reaches(strategy.opening(policy), candidates)) return true;
  let state: unknown;
  for (let evaluation = 0; evaluation <= EVALUATIONS; evaluation += 1) {
    const at = (evaluation / EVALUATIONS) * strategy.declaredSeconds(policy);
    const decision = strategy.decide(policy, state, observationOf(strategy.tracks(policy), at));
    if (reaches(decision, candidates)) return true;
    state = decision.state;
  }
  return false;
}

function observationOf(tracks: readonly string[], at: number): Observation {
  return { at, tracks: Object.fromEntries(tracks.map((track) => [track, READY])) };
}

function reaches({ weights, mirrors }: Split, candidates: readonly string[]): boolean {
  return candidates.some((track) => (weights[track] ?? 0) + (mirrors?.[track] ?? 0) > 0);
}
