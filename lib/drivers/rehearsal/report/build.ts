import type { Outcome } from "../../../strategies/strategy";
import type { Comparison } from "../servers/comparison";
import { histogramPercentiles, percentiles } from "../gateway/percentiles";
import type { GatewayCounts } from "../gateway/gateway-counts";
import { objectivesOf } from "../objectives";
import type { RehearsalOrder, Rig, RigTrack } from "../environment";
import { estimatesOf, wordsOfGates } from "../status";
import type { RehearsalSettings } from "../settings";
import type { RehearsalReport, StageReport, SwitchReport, TrackReport } from "./report";
import type { Series } from "./series";

/** The times at which traffic left the tracks on trial for good, or for a drill. */
export interface Switches {
  readonly rollback?: SwitchReport | undefined;
  readonly drill?: SwitchReport | undefined;
}

/** What was found out beside what the rig counts. */
export interface Findings extends Switches {
  readonly series: Series;
  readonly comparison?: Comparison;
}

/** Puts together what a rehearsal found out, once it is over. */
export function buildReport(order: RehearsalOrder, rig: Rig, found: Findings): RehearsalReport {
  const { run, clock, traffic, router, strategy, policy } = rig;
  const { rate, speed, seed, labelDelay, labelMetric, faults } = order.settings;
  const { ledger, load, feedback, users } = traffic;
  const rolloutSeconds = run.events.at(-1)?.at ?? clock.now();
  const stages = run.stages.ended(rolloutSeconds, run.routed);
  const [home, ...trials] = rig.tracks;
  const trackReport = (track: RigTrack) => trackReportOf(rig, track, stages);
  return {
    name: order.plan.name,
    strategy: policy.strategy,
    title: strategy.title(home.version, trials.map(({ version }) => version).join(" and ")),
    at: new Date().toISOString(),
    outcome: run.outcome as Outcome,
    reason: run.reason,
    settings: { rate, speed, seed, labelDelay, labelMetric, faults },
    objectives: objectivesOf(strategy.gates(policy)),
    wallSeconds: clock.wallSeconds(),
    rolloutSeconds,
    tracks: [trackReport(home), ...trials.map(trackReport)],
    stages,
    requests: {
      sent: load.sent,
      leftOut: load.leftOut,
      answered: ledger.answered,
      faulted: ledger.faulted,
      lost: ledger.lost,
      losses: ledger.losses,
    },
    feedback: { ...feedback.counts, counted: countedFeedback(rig, order.settings) },
    ...(strategy.requirements(policy).stickyUsers && { users: { count: users.count, moved: users.moved.size } }),
    results: run.results,
    copiesDropped: router.mirrors.dropped,
    ...(run.detection && { detection: run.detection }),
    ...(found.rollback && { rollback: found.rollback }),
    ...(found.drill && { drill: found.drill }),
    ...(found.comparison && { comparison: found.comparison }),
    events: run.events,
    gates: run.gates,
    gateWords: wordsOfGates(rig),
    untimed: untimed(rig),
    notes: rig.notes,
    series: found.series,
  };
}

/** Values that the servers count for the versions that take part. */
function countedFeedback({ observer, clock, tracks }: Rig, { labelMetric, rewards }: RehearsalSettings): number {
  const observed = observer.observe(clock.now()).tracks;
  const metrics = [...new Set([labelMetric, ...Object.keys(rewards)])];
  return tracks.reduce(
    (sum, { name }) => metrics.reduce((each, metric) => each + (observed[name]?.metrics[metric]?.count ?? 0), sum),
    0,
  );
}

function untimed({ router }: Rig): RehearsalReport["untimed"] {
  const all = Object.values(router.counts);
  return {
    answers: all.reduce((sum, counts) => sum + counts.untimed, 0),
    of: all.reduce((sum, counts) => sum + counts.requests, 0),
  };
}

function trackReportOf(rig: Rig, track: RigTrack, stages: readonly StageReport[]): TrackReport {
  const { run, router, traffic, strategy, policy } = rig;
  const counts = router.counts[track.name] as GatewayCounts;
  const calls = traffic.ledger.of(track.version);
  const latency = percentiles(calls.seconds) ?? histogramPercentiles(counts.latency());
  const limit = objectivesOf(strategy.gates(policy)).latencySeconds ?? Infinity;
  const { compared, mismatched, labelled, wrong } = calls;
  return {
    track: track.name,
    version: track.version,
    role: track.role,
    weight: run.decided.weights[track.name] ?? 0,
    mirror: run.decided.mirrors?.[track.name] ?? 0,
    shadow: stages.some(({ mirrors }) => (mirrors?.[track.name] ?? 0) > 0),
    sha256: track.sha256,
    requests: counts.requests,
    errors: counts.errors,
    retries: counts.retries,
    ...(latency && { latency }),
    slow: calls.seconds.filter((seconds) => seconds > limit).length,
    compared,
    mismatched,
    labelled,
    wrong,
    metrics: estimatesOf(rig, track),
  };
}
