import { formatList } from "../../../core/format";
import type { Outcome } from "../../../strategies/strategy";
import type { RehearsalEnvironment, RehearsalRequest, ServedTrack } from "../environment";
import type { GatewayCounts } from "../gateway/gateway-counts";
import { histogramPercentiles, percentiles } from "../gateway/percentiles";
import { objectivesOf } from "../gates";
import type { Comparison } from "../servers/comparison";
import type { RehearsalSettings } from "../settings";
import { noFeedback } from "../traffic/feedback";
import { estimatesOf } from "../status";
import type { RehearsalReport, StageReport, SwitchReport, TrackReport } from "./report";
import type { Series } from "./series";

/** How traffic left the candidates, permanently or for a rollback drill. */
export interface TrafficSwitches {
  readonly rollback?: SwitchReport | undefined;
  readonly drill?: SwitchReport | undefined;
}

/** What the report needs besides the request and the environment. */
interface ReportInputs extends TrafficSwitches {
  readonly series: Series;
  readonly comparison?: Comparison;
}

/** Builds the report of a rehearsal that has ended. */
export function buildReport(
  { plan, settings }: RehearsalRequest,
  environment: RehearsalEnvironment,
  { series, rollback, drill, comparison }: ReportInputs,
): RehearsalReport {
  const { run, clock, traffic, router, strategy, policy, notes } = environment;
  const { rate, speed, seed, labelDelay, labelMetric, faults } = settings;
  const { feedback, users } = traffic;
  const rolloutSeconds = run.events.at(-1)?.at ?? clock.now();
  const stages = run.stages.finish(rolloutSeconds, run.routed);
  const [baseline, ...candidates] = environment.tracks;
  return {
    name: plan.name,
    strategy: policy.strategy,
    title: strategy.title(baseline.version, formatList(candidates.map(({ version }) => version))),
    at: new Date().toISOString(),
    outcome: run.outcome as Outcome,
    reason: run.reason,
    settings: { rate, speed, seed, labelDelay, labelMetric, faults },
    objectives: objectivesOf(strategy.gates(policy)),
    wallSeconds: clock.wallSeconds(),
    rolloutSeconds,
    deadlineSeconds: policy.deadlineSeconds ?? Infinity,
    tracks: [
      trackReport(environment, baseline, stages),
      ...candidates.map((track) => trackReport(environment, track, stages)),
    ],
    stages,
    requests: requestReport(environment),
    feedback: { ...(feedback?.counts ?? noFeedback()), counted: countedFeedback(environment, settings) },
    ...(strategy.requirements(policy).stickyUsers && { users: { count: users.count, moved: users.moved.size } }),
    results: run.results,
    copiesDropped: router.mirrors.dropped,
    ...(run.detection && { detection: run.detection }),
    ...(rollback && { rollback }),
    ...(drill && { drill }),
    ...(comparison && { comparison }),
    events: run.events,
    gates: run.gates,
    gateWords: run.gateLabels,
    untimed: untimedAnswers(environment),
    notes,
    series,
  };
}

function requestReport({ traffic: { load, ledger } }: RehearsalEnvironment): RehearsalReport["requests"] {
  const { sent, leftOut } = load;
  const { answered, faulted, lost, losses } = ledger;
  return { sent, leftOut, answered, faulted, lost, losses };
}

/** Values that the servers counted for the versions of the rollout. */
function countedFeedback(
  { observer, clock, tracks }: RehearsalEnvironment,
  { labelMetric, rewards }: RehearsalSettings,
): number {
  const observed = observer.observe(clock.now()).tracks;
  const metrics = [...new Set([labelMetric, ...Object.keys(rewards)])];
  return tracks.reduce(
    (sum, { name }) => metrics.reduce((each, metric) => each + (observed[name]?.metrics[metric]?.count ?? 0), sum),
    0,
  );
}

function untimedAnswers({ router }: RehearsalEnvironment): RehearsalReport["untimed"] {
  const all = Object.values(router.counts);
  return {
    answers: all.reduce((sum, counts) => sum + counts.untimed, 0),
    of: all.reduce((sum, counts) => sum + counts.requests, 0),
  };
}

/** Whether a track got copies of requests, and never a user's own request. */
function isShadow(name: string, stages: readonly StageReport[]): boolean {
  const gotCopies = stages.some(({ mirrors }) => (mirrors?.[name] ?? 0) > 0);
  return gotCopies && stages.every(({ weights }) => (weights[name] ?? 0) === 0);
}

function trackReport(
  environment: RehearsalEnvironment,
  track: ServedTrack,
  stages: readonly StageReport[],
): TrackReport {
  const { run, router, traffic, strategy, policy } = environment;
  const { name, version, role, sha256 } = track;
  const counts = router.counts[name] as GatewayCounts;
  const { seconds, compared, mismatched, labelled, wrong } = traffic.ledger.of(version);
  const latency = percentiles(seconds) ?? histogramPercentiles(counts.latency());
  const limit = objectivesOf(strategy.gates(policy)).latencySeconds ?? Infinity;
  return {
    track: name,
    version,
    role,
    weight: run.decided.weights[name] ?? 0,
    mirror: run.decided.mirrors?.[name] ?? 0,
    shadow: isShadow(name, stages),
    sha256,
    requests: counts.requests,
    errors: counts.errors,
    retries: counts.retries,
    ...(latency && { latency }),
    slow: seconds.filter((each) => each > limit).length,
    compared,
    mismatched,
    labelled,
    wrong,
    metrics: estimatesOf(environment, track),
  };
}
