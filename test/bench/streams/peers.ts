import type { CanaryStage } from "../../../lib/strategies/canary/policy";
import type { Decision } from "../../../lib/strategies/decision";
import type { TrackCounts } from "../../../lib/strategies/observation";
import type { Outcome } from "../../../lib/strategies/strategy";
import { quantileOf } from "../../../lib/strategies/statistics/quantile";
import type { SimulatedStrategy } from "../../support/streams/stream-simulation";

/**
 * The analysis of other rollout controllers: fixed thresholds on the canary alone, checked every minute on the counts of that
 * minute. Only the analysis differs from Slipway's in the simulations: the stages are the same.
 */
export interface PeerPolicy {
  readonly stable: string;
  readonly canary: string;
  readonly stages: readonly CanaryStage[];
  readonly minSuccessRate: number;
  /** Maximum p99, in seconds. */
  readonly maxLatencyP99?: number;
  /** Failed checks, over the whole rollout, with which it is rolled back. */
  readonly failedChecks: number;
  /** Whether a failed check keeps the weights as they are for another minute. */
  readonly halts: boolean;
  /** Whether a minute without requests is a failed check. */
  readonly failsWithoutRequests: boolean;
}

interface PeerState {
  readonly stage: number;
  readonly enteredAt: number;
  readonly checkedAt: number;
  readonly counts?: TrackCounts;
  readonly failed: number;
  readonly outcome?: Outcome;
}

const stages = (weights: readonly number[], holdSeconds: number): Pick<PeerPolicy, "stable" | "canary" | "stages"> => ({
  stable: "1.0.0",
  canary: "1.1.0",
  stages: weights.map((weight) => ({ weight, holdSeconds })),
});

/**
 * Argo Rollouts: a background analysis of the success rate with `failureLimit: 3`, which fails with the fourth failed
 * measurement (docs/features/analysis.md and analysis/analysis.go at 9f8d111). Its example requires 95%.
 */
export const argoLike = (weights: readonly number[], holdSeconds: number, minSuccessRate: number): PeerPolicy => ({
  ...stages(weights, holdSeconds),
  minSuccessRate,
  failedChecks: 4,
  halts: false,
  failsWithoutRequests: false,
});

/**
 * Flagger: the success rate and the p99 of the last minute with `threshold: 5`. Failed checks are never reset, and a minute
 * without requests fails (pkg/controller/scheduler.go and scheduler_metrics.go at 15bd6ad). Its example requires 99% and
 * 500 ms.
 */
export const flaggerLike = (
  weights: readonly number[],
  holdSeconds: number,
  minSuccessRate: number,
  maxLatencyP99: number,
): PeerPolicy => ({
  ...stages(weights, holdSeconds),
  minSuccessRate,
  maxLatencyP99,
  failedChecks: 5,
  halts: true,
  failsWithoutRequests: true,
});

const CHECK_SECONDS = 60;

export const peer: SimulatedStrategy<PeerPolicy, PeerState> = {
  tracks: ({ stable, canary }) => [stable, canary],
  opening: (policy) => weightsOf(policy, 0),
  decide(policy, before, { at, tracks }) {
    const counts = tracks[policy.canary];
    const start = { stage: 0, enteredAt: at, checkedAt: at, failed: 0, ...(counts !== undefined && { counts }) };
    if (before === undefined) return decisionOf(policy, start);
    if (before.outcome !== undefined || at - before.checkedAt < CHECK_SECONDS) return decisionOf(policy, before);
    return decisionOf(policy, advance(policy, check(policy, before, counts), at), at);
  },
  outcome: ({ outcome }) => outcome,
};

/** The state after a check of the last minute. */
function check(
  policy: PeerPolicy,
  before: PeerState,
  counts: TrackCounts | undefined,
): PeerState & { passed: boolean } {
  if (counts === undefined) return { ...before, passed: false };
  const passed = passes(policy, before.counts, counts);
  return { ...before, counts, failed: before.failed + (passed ? 0 : 1), passed };
}

function passes(policy: PeerPolicy, before: TrackCounts | undefined, now: TrackCounts): boolean {
  const requests = now.requests - (before?.requests ?? 0);
  const errors = now.errors - (before?.errors ?? 0);
  if (requests <= 0) return !policy.failsWithoutRequests;
  if (1 - errors / requests < policy.minSuccessRate) return false;
  if (policy.maxLatencyP99 === undefined) return true;
  const counts = now.latency.counts.map((count, i) => count - (before?.latency.counts[i] ?? 0));
  return (quantileOf({ bounds: now.latency.bounds, counts }, 0.99) ?? 0) <= policy.maxLatencyP99;
}

/** The next stage, unless a failed check halts the rollout or enough of them roll it back. */
function advance(policy: PeerPolicy, { passed, ...state }: PeerState & { passed: boolean }, at: number): PeerState {
  const checked = { ...state, checkedAt: at };
  if (state.failed >= policy.failedChecks) return { ...checked, outcome: "rolled-back" };
  const hold = policy.stages[state.stage]?.holdSeconds ?? 0;
  if ((policy.halts && !passed) || at - state.enteredAt < hold) return checked;
  if (state.stage + 1 >= policy.stages.length) return { ...checked, outcome: "promoted" };
  return { ...checked, stage: state.stage + 1, enteredAt: at };
}

const weightsOf = ({ stable, canary, stages: all }: PeerPolicy, stage: number) => {
  const weight = all[stage]?.weight ?? 0;
  return { weights: { [stable]: 100 - weight, [canary]: weight } };
};

function decisionOf(policy: PeerPolicy, state: PeerState, at = 0): Decision<PeerState> {
  const rolledBack = state.outcome === "rolled-back";
  const message = `${state.failed} checks failed: rolled back at ${policy.stages[state.stage]?.weight ?? 0}%`;
  return {
    state,
    ...weightsOf(policy, state.stage),
    events: rolledBack ? [{ at, kind: "rolled-back", message }] : [],
  };
}
