import type { AbTestPhase, AbTestPolicy, AbTestState } from "../../strategies/ab-test/policy";
import { abTest } from "../../strategies/ab-test/strategy";
import type { VariantResult } from "../../strategies/result";
import type { RolloutEvent } from "../../strategies/decision";
import type { Observation, TrackCounts } from "../../strategies/observation";

/** What a test said at one look. */
export interface CourseMoment {
  /** Seconds since the test began. */
  readonly at: number;
  readonly results: readonly VariantResult[];
}

/** A test as it went, look by look. */
export interface Course {
  readonly phase: AbTestPhase;
  readonly moments: readonly CourseMoment[];
  readonly events: readonly RolloutEvent[];
  /** Requests by track, at the last look. */
  readonly requests: Readonly<Record<string, number>>;
}

/**
 * What the policy makes of counts that were taken while a test ran: the very reducer that a controller drives, so that
 * both say the same. Counts are since the beginning, at seconds since then.
 */
export function courseOf(policy: AbTestPolicy, looks: readonly Observation[]): Course {
  const moments: CourseMoment[] = [];
  const events: RolloutEvent[] = [];
  let state: AbTestState | undefined;
  for (const look of [beginning(policy), ...looks]) {
    const decision = abTest.decide(policy, state, look);
    state = decision.state;
    events.push(...decision.events);
    moments.push({ at: look.at, results: abTest.results(policy, state) });
    if (state.phase !== "running") break;
  }
  const last = looks[moments.length - 2];
  return {
    phase: state?.phase ?? "waiting",
    moments,
    events,
    requests: Object.fromEntries(policy.variants.map((name) => [name, last?.tracks[name]?.requests ?? 0])),
  };
}

/** Every track ready and nothing counted: counts are since this moment. */
function beginning({ variants, minReadyReplicas }: AbTestPolicy): Observation {
  const nothing: TrackCounts = {
    requests: 0,
    errors: 0,
    latency: { bounds: [], counts: [] },
    metrics: {},
    readyReplicas: minReadyReplicas,
  };
  return { at: 0, tracks: Object.fromEntries(variants.map((name) => [name, nothing])) };
}
