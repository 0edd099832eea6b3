import type { AbTestPhase, AbTestPolicy, AbTestState } from "../../strategies/ab-test/policy";
import { splitMismatch, splitUnitOf, type SplitMismatch, type SplitUnit } from "../../strategies/ab-test/split-check";
import { abTest } from "../../strategies/ab-test/strategy";
import type { VariantResult } from "../../strategies/result";
import type { RolloutEvent } from "../../strategies/decision";
import type { Observation, TrackCounts } from "../../strategies/observation";

/** The results of a test at one evaluation. */
interface ReplayedEvaluation {
  /** Seconds since the test began. */
  readonly at: number;
  readonly results: readonly VariantResult[];
}

/** A test as it went, evaluation by evaluation. */
export interface ReplayedTest {
  readonly phase: AbTestPhase;
  readonly evaluations: readonly ReplayedEvaluation[];
  readonly events: readonly RolloutEvent[];
  /** Requests by track, at the last evaluation. */
  readonly requests: Readonly<Record<string, number>>;
  /** What the split was checked by; undefined if it could not be checked. */
  readonly splitCheckedBy: SplitUnit | undefined;
  readonly splitMismatch: SplitMismatch | undefined;
}

/**
 * Evaluates the policy with counts that were recorded while a test ran, as a controller evaluates it. Counts and times are
 * since the test began.
 */
export function replayTest(policy: AbTestPolicy, observations: readonly Observation[]): ReplayedTest {
  const evaluations: ReplayedEvaluation[] = [];
  const events: RolloutEvent[] = [];
  let state: AbTestState | undefined;
  for (const observation of [startObservation(policy), ...observations]) {
    const decision = abTest.decide(policy, state, { ...observation, isRecorded: true });
    state = decision.state;
    events.push(...decision.events);
    evaluations.push({ at: observation.at, results: abTest.results(policy, state) });
    if (state.phase !== "running") break;
  }
  const last = observations[evaluations.length - 2];
  return {
    phase: state?.phase ?? "waiting",
    evaluations,
    events,
    requests: Object.fromEntries(policy.variants.map((name) => [name, last?.tracks[name]?.requests ?? 0])),
    splitCheckedBy: state && splitUnitOf(policy, state),
    splitMismatch: state && splitMismatch(policy, state),
  };
}

/** The beginning: every track is ready and nothing was counted. */
function startObservation({ variants, minReadyReplicas }: AbTestPolicy): Observation {
  const nothing: TrackCounts = {
    requests: 0,
    errors: 0,
    latency: { bounds: [], counts: [] },
    metrics: {},
    readyReplicas: minReadyReplicas,
  };
  return { at: 0, tracks: Object.fromEntries(variants.map((name) => [name, nothing])) };
}
