import { worstFailure } from "../gates/evidence";
import type { RolloutEvent, Split } from "../decision";
import type { Observation, TrackCounts } from "../observation";
import type { Pair } from "../pair";
import type { RolloutPolicy } from "../registry";
import { strategyOf } from "../registry";
import type { Requirements } from "../requirements";
import type { Outcome } from "../strategy";
import { divisionOf, type DivisionUnit } from "./divide";
import { addCounts, countsIn, NO_COUNTS, type PodCounts, type ServiceHistory } from "./history";

/** One rollout of a version against itself. */
export interface ReplayOptions {
  readonly policy: RolloutPolicy;
  readonly history: ServiceHistory;
  readonly unit: DivisionUnit;
  readonly seed: number;
  /** Index of the interval at whose end it starts. */
  readonly from: number;
}

/** How a replayed rollout ended. */
export interface ReplayedRollout {
  readonly seed: number;
  /** Seconds of Unix time. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `unfinished` where the history ends first. */
  readonly outcome: Outcome | "unfinished";
  /** The candidate's share of the traffic before the end, from 0 to 1. */
  readonly share: number;
  /** Id of the gate that failed, if one did. */
  readonly gate?: string;
  /** What decided the end, in one phrase. */
  readonly reason: string;
  /** Whether it ended while both roles missed an objective. */
  readonly isUnwell: boolean;
}

/** How long the baseline has been observed when a rollout starts, where the history goes back so far. */
export const LEAD_SECONDS = 3600;

/** Replicas of a past that had enough of them: capacity is not what is tested. */
const READY_REPLICAS = 1e6;

/** Runs a rollout on a part of the history, with both roles played by the same version. */
export function replayRollout({ policy, history, unit, seed, from }: ReplayOptions): ReplayedRollout {
  const strategy = strategyOf(policy);
  const divide = divisionOf(unit, seed);
  const [baseline = "", candidate = ""] = strategy.tracks(policy);
  const observe = observerOf(history, strategy.requirements(policy), { candidate, baseline });
  const startedAt = history.intervals[from]?.at ?? 0;
  let counted: Pair<PodCounts> = { candidate: NO_COUNTS, baseline: countsBefore(history, startedAt) };
  let decision = strategy.decide(policy, undefined, observe(startedAt, counted, true));
  let [share, reason, endedAt, isUnwell] = [0, "", startedAt, false];
  let index = from + 1;
  for (; index < history.intervals.length && strategy.outcome(decision.state) === undefined; index++) {
    const interval = history.intervals[index];
    if (interval === undefined) break;
    endedAt = interval.at;
    share = shareOf(decision, candidate, baseline);
    const more = divide(index, interval, share);
    counted = {
      candidate: addCounts(counted.candidate, more.candidate),
      baseline: addCounts(counted.baseline, more.baseline),
    };
    const isReadable = Object.keys(interval.pods).length > 0;
    decision = strategy.decide(policy, decision.state, observe(interval.at, counted, isReadable));
    reason = decision.events.at(-1)?.message ?? reason;
    isUnwell = isUnwellAfter(decision.events, isUnwell);
  }
  const outcome = strategy.outcome(decision.state) ?? "unfinished";
  const failed = outcome === "rolled-back" ? worstFailure(strategy.evidence(policy, decision.state)) : undefined;
  return {
    seed,
    startedAt,
    endedAt,
    outcome,
    share,
    ...(failed !== undefined && { gate: failed.gate }),
    reason: failed?.summary ?? reason,
    isUnwell,
  };
}

/** What the baseline has served before the candidate starts. */
function countsBefore({ intervals }: ServiceHistory, startedAt: number): PodCounts {
  const before = intervals.filter(({ at }) => at > startedAt - LEAD_SECONDS && at <= startedAt);
  return before.map(countsIn).reduce(addCounts, NO_COUNTS);
}

function isUnwellAfter(events: readonly RolloutEvent[], isUnwell: boolean): boolean {
  const change = events.findLast(({ kind }) => kind === "service-unwell" || kind === "service-recovered");
  return change === undefined ? isUnwell : change.kind === "service-unwell";
}

/** The candidate's share of the requests that both tracks get, mirrored ones included. */
function shareOf({ weights, mirrors }: Split, candidate: string, baseline: string): number {
  const percentOf = (track: string): number => (weights[track] ?? 0) + (mirrors?.[track] ?? 0);
  const [ofCandidate, ofBaseline] = [percentOf(candidate), percentOf(baseline)];
  return ofCandidate + ofBaseline > 0 ? ofCandidate / (ofCandidate + ofBaseline) : 0;
}

type Observer = (at: number, counted: Pair<PodCounts>, isReadable: boolean) => Observation;

function observerOf(history: ServiceHistory, { preview }: Requirements, names: Pair<string>): Observer {
  const nothing = history.bounds.length > 0 ? [...history.bounds.map(() => 0), 0] : [];
  const latencyOf = (counts: readonly number[]) => ({
    bounds: history.bounds,
    counts: counts.length > 0 ? [...counts] : nothing,
  });
  // A version that serves has passed its smoke test.
  const smokeTest = preview && {
    requests: preview.smokeTest.requests,
    failed: 0,
    wrong: 0,
    latency: { bounds: [preview.smokeTest.latencyP95Seconds], counts: [preview.smokeTest.requests, 0] },
  };
  const trackCounts = ({ requests, errors, latency, metrics }: PodCounts): TrackCounts => ({
    requests,
    errors,
    latency: latencyOf(latency),
    metrics,
    readyReplicas: READY_REPLICAS,
    ...(smokeTest && { smokeTest }),
  });
  return (at, { candidate, baseline }, isReadable) => ({
    at,
    tracks: isReadable ? { [names.candidate]: trackCounts(candidate), [names.baseline]: trackCounts(baseline) } : {},
  });
}
