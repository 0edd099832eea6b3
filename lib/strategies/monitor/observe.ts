import type { Observation, TrackCounts } from "../observation";
import type { Pair } from "../pair";
import { accumulate, withReadiness, type Tally, type TalliedMetric } from "../tally";
import { withIncrease, type Freshness } from "./freshness";
import type { GateMonitor, MonitorRules } from "./gate-monitor";
import { acceptReading, type CounterSource } from "./reading";

/** A track after an observation. */
interface ObservedTrack {
  readonly tally?: Tally;
  readonly source: CounterSource;
  readonly freshness: Freshness;
  /** Whether there was a reading that counts. */
  readonly isRead: boolean;
  readonly hasRestarted: boolean;
}

/** A monitor after an observation. */
export interface ObservedMonitor {
  readonly monitor: GateMonitor;
  /** Whether the counts of both tracks are of the same time, so that they can be compared. */
  readonly isPaired: boolean;
  /** Whether counts of one track were lost, so that its counts since the last block are of a shorter time. */
  readonly hasLostCounts: boolean;
}

/** Adds the counts of both tracks to the monitor without evaluating the gates. */
export function observe(
  rules: MonitorRules,
  names: Pair<string>,
  monitor: GateMonitor,
  observation: Observation,
): ObservedMonitor {
  const observedAt = Math.max(monitor.observedAt, Number.isFinite(observation.at) ? observation.at : -Infinity);
  const metrics = rules.gates.filter((gate) => "metric" in gate);
  const observed = { ...monitor, observedAt };
  const candidate = observeTrack(metrics, names, observed, observation, "candidate");
  const baseline = observeTrack(metrics, names, observed, observation, "baseline");
  return {
    monitor: {
      ...monitor,
      observedAt,
      warmUntil: hasNewReplica(monitor, candidate) ? observedAt + (rules.warmUpSeconds ?? 0) : monitor.warmUntil,
      tallies: {
        ...(candidate.tally !== undefined && { candidate: candidate.tally }),
        ...(baseline.tally !== undefined && { baseline: baseline.tally }),
      },
      sources: { candidate: candidate.source, baseline: baseline.source },
      freshness: { candidate: candidate.freshness, baseline: baseline.freshness },
    },
    isPaired: candidate.isRead && (baseline.isRead || !monitor.hasControl),
    hasLostCounts: candidate.hasRestarted || baseline.hasRestarted,
  };
}

function observeTrack(
  metrics: readonly TalliedMetric[],
  names: Pair<string>,
  { tallies, sources, freshness, observedAt }: GateMonitor,
  { tracks }: Observation,
  role: keyof Pair<unknown>,
): ObservedTrack {
  const before = tallies[role];
  const { counts, source, hasRestarted } = acceptReading(before, sources[role], tracks[names[role]], observedAt);
  if (counts === undefined)
    return {
      ...ignored(before, tracks[names[role]]),
      source,
      freshness: freshness[role],
      isRead: false,
      hasRestarted,
    };
  const tally = accumulate(before, counts, metrics);
  const hasIncreased = tally.totals.requests > (before?.totals.requests ?? 0);
  return {
    tally,
    source,
    freshness: hasIncreased ? withIncrease(freshness[role], observedAt) : freshness[role],
    isRead: true,
    hasRestarted,
  };
}

/** Of a reading that does not count, only the readiness is used. */
function ignored(before: Tally | undefined, reading: TrackCounts | undefined): Pick<ObservedTrack, "tally"> {
  if (before === undefined) return {};
  return { tally: reading === undefined ? before : withReadiness(before, reading) };
}

const hasNewReplica = ({ tallies }: GateMonitor, { tally }: ObservedTrack): boolean =>
  (tally?.readyReplicas ?? 0) > (tallies.candidate?.readyReplicas ?? 0);
