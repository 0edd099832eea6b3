import { DIFFERENCE, estimateOf, type Estimate } from "./report/estimate";
import { gateWords } from "./gate-words";
import type { RehearsalStatus, TrackStatus } from "./progress/progress";
import type { Moment, TrackMoment } from "./report/series";
import type { Rig, RigTrack } from "./environment";
import type { RolloutRun } from "./rollout-run";

/** How a rehearsal stands, for whoever watches. */
export function statusOf(name: string, rig: Rig): RehearsalStatus {
  const { run, clock, traffic, strategy, policy } = rig;
  const words = wordsOfGates(rig);
  return {
    name,
    stage: run.stage,
    stages: strategy.stageCount(policy),
    rolloutSeconds: clock.now(),
    wallSeconds: clock.wallSeconds(),
    tracks: rig.tracks.map((track) => trackStatus(rig, track)),
    gates: run.gates.map((evidence) => ({ words: words[evidence.gate] ?? evidence.gate, evidence })),
    lost: traffic.ledger.lost,
  };
}

/** How a rehearsal stands, for the pictures. */
export function momentOf(rig: Rig): Moment {
  return {
    at: rig.clock.now(),
    tracks: Object.fromEntries(rig.tracks.map((track) => [track.name, trackMoment(rig, track)])),
    gates: rig.run.gates,
  };
}

/** What each gate judges, in a few words, by its id; where each of several tracks is judged, the id begins with the track. */
export function wordsOfGates({ strategy, policy, tracks: [home, ...trials] }: Rig): Readonly<Record<string, string>> {
  const entries = strategy.gates(policy).flatMap((gate) => {
    const words = gateWords(gate, home.version);
    return [[gate.id, words], ...trials.map(({ name, version }) => [`${name} ${gate.id}`, `${version}: ${words}`])] as [
      string,
      string,
    ][];
  });
  return Object.fromEntries(entries);
}

/** The business metrics of a track as the policy saw them. */
export function estimatesOf({ run }: Rig, { name }: RigTrack): Readonly<Record<string, Estimate>> {
  const metrics = Object.entries(run.observation?.tracks[name]?.metrics ?? {});
  const estimates = metrics.map(([metric, sums]) => [metric, estimateOf(sums)] as const);
  return {
    ...Object.fromEntries(estimates.flatMap(([metric, estimate]) => (estimate ? [[metric, estimate] as const] : []))),
    ...differenceOf(run, name),
  };
}

/** In an A/B test: how far a variant is from the control, within an interval that holds at every look. */
function differenceOf({ results }: RolloutRun, name: string): Readonly<Record<string, Estimate>> {
  const { difference, values } = results.find(({ variant }) => variant === name) ?? {};
  if (difference === undefined || !Number.isFinite(difference.to - difference.from)) return {};
  const { estimate: mean, from: low, to: high } = difference;
  return { [DIFFERENCE]: { count: values?.variant ?? 0, mean, low, high } };
}

function trackStatus(rig: Rig, track: RigTrack): TrackStatus {
  const { weights, mirrors } = rig.run.split;
  return {
    version: track.version,
    weight: weights[track.name] ?? 0,
    mirror: mirrors?.[track.name] ?? 0,
    window: windowOf(rig, track),
    metrics: Object.fromEntries(
      Object.entries(estimatesOf(rig, track)).map(([name, estimate]) => [name, estimate.mean]),
    ),
  };
}

function trackMoment(rig: Rig, track: RigTrack): TrackMoment {
  const { weights, mirrors } = rig.run.split;
  return {
    weight: weights[track.name] ?? 0,
    mirror: mirrors?.[track.name] ?? 0,
    ...windowOf(rig, track),
    estimates: estimatesOf(rig, track),
  };
}

function windowOf({ router }: Rig, { name }: RigTrack) {
  return router.counts[name]?.window() ?? { requestsPerSecond: 0 };
}
