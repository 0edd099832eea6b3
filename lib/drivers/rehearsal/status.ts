import type { RehearsalEnvironment, ServedTrack } from "./environment";
import type { GatewayWindow } from "./gateway/gateway-counts";
import type { RehearsalStatus, TrackStatus } from "./progress/progress";
import { DIFFERENCE, estimateOf, type Estimate } from "./report/estimate";
import type { Snapshot, TrackSnapshot } from "./report/series";
import type { RolloutRun } from "./rollout-run";

/** The status of a rehearsal, for its progress display. */
export function statusOf(name: string, environment: RehearsalEnvironment): RehearsalStatus {
  const { run, clock, traffic, strategy, policy } = environment;
  return {
    name,
    stage: run.stage,
    stages: strategy.stageCount(policy),
    rolloutSeconds: clock.now(),
    wallSeconds: clock.wallSeconds(),
    tracks: environment.tracks.map((track) => trackStatus(environment, track)),
    gates: run.gates.map((evidence) => ({ label: run.gateLabels[evidence.gate] ?? evidence.gate, evidence })),
    lost: traffic.ledger.lost,
  };
}

/** The status of a rehearsal, for the charts of its report. */
export function snapshotOf(environment: RehearsalEnvironment): Snapshot {
  return {
    at: environment.clock.now(),
    tracks: Object.fromEntries(environment.tracks.map((track) => [track.name, trackSnapshot(environment, track)])),
    gates: environment.run.gates,
  };
}

/** The business metrics of a track as the policy observed them. */
export function estimatesOf({ run }: RehearsalEnvironment, { name }: ServedTrack): Readonly<Record<string, Estimate>> {
  const metrics = Object.entries(run.observation?.tracks[name]?.metrics ?? {});
  const estimates = metrics.flatMap(([metric, sums]): [string, Estimate][] => {
    const estimate = estimateOf(sums);
    return estimate === undefined ? [] : [[metric, estimate]];
  });
  return { ...Object.fromEntries(estimates), ...differenceOf(run, name) };
}

/** In an A/B test: how far a variant is from the control, with an interval that holds at every evaluation. */
function differenceOf({ results }: RolloutRun, name: string): Readonly<Record<string, Estimate>> {
  const { difference, values } = results.find(({ variant }) => variant === name) ?? {};
  if (difference === undefined || !Number.isFinite(difference.to - difference.from)) return {};
  const { estimate: mean, from: low, to: high } = difference;
  return { [DIFFERENCE]: { count: values?.variant ?? 0, mean, low, high } };
}

function trackStatus(environment: RehearsalEnvironment, track: ServedTrack): TrackStatus {
  const estimates = Object.entries(estimatesOf(environment, track));
  return {
    version: track.version,
    ...sharesOf(environment, track),
    window: windowOf(environment, track),
    metrics: Object.fromEntries(estimates.map(([name, estimate]) => [name, estimate.mean])),
  };
}

function trackSnapshot(environment: RehearsalEnvironment, track: ServedTrack): TrackSnapshot {
  return {
    ...sharesOf(environment, track),
    ...windowOf(environment, track),
    estimates: estimatesOf(environment, track),
  };
}

function sharesOf({ run }: RehearsalEnvironment, { name }: ServedTrack): { weight: number; mirror: number } {
  const { weights, mirrors } = run.split;
  return { weight: weights[name] ?? 0, mirror: mirrors?.[name] ?? 0 };
}

function windowOf({ router }: RehearsalEnvironment, { name }: ServedTrack): GatewayWindow {
  return router.counts[name]?.window() ?? { requestsPerSecond: 0 };
}
