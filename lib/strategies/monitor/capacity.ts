import type { Observation } from "../observation";
import type { Pair } from "../pair";
import type { GateMonitor } from "./gate-monitor";

/** Replicas that must be ready on a track before its weight rises. */
export interface CapacityGate {
  /** Never fewer than this. */
  readonly minReadyReplicas: number;
  /** And at least this share of the stable track's ready replicas, scaled by the next weight: 0.5 leaves half to the autoscaler. */
  readonly shareOfStable: number;
}

/**
 * Describes which replicas the candidate still needs for a share of the traffic; undefined when it has them. Readiness is only
 * known for the present, so a track that could not be read counts as having none.
 */
export function describeMissingReplicas(
  { minReadyReplicas, shareOfStable }: CapacityGate,
  names: Pair<string>,
  { tallies }: GateMonitor,
  observation: Observation,
  weight: number,
): string | undefined {
  const baselineReady = tallies.baseline?.readyReplicas ?? 0;
  const needed = Math.max(minReadyReplicas, Math.ceil((baselineReady * weight * shareOfStable) / 100));
  const ready = observation.tracks[names.candidate] === undefined ? 0 : (tallies.candidate?.readyReplicas ?? 0);
  if (ready >= needed) return undefined;
  return `${names.candidate}: ${ready} of ${needed} replicas are ready for ${weight}% of the traffic`;
}

/** Whether a track has the replicas to serve; one that could not be read counts as having none. */
export function isReady(track: string, minReadyReplicas: number, { tracks }: Observation): boolean {
  return (tracks[track]?.readyReplicas ?? 0) >= minReadyReplicas;
}

/** Describes which tracks have too few ready replicas; undefined when all have enough. */
export function describeUnready(
  tracks: readonly string[],
  minReadyReplicas: number,
  observation: Observation,
): string | undefined {
  const unready = tracks.filter((track) => !isReady(track, minReadyReplicas, observation));
  if (unready.length === 0) return undefined;
  const replicas = minReadyReplicas === 1 ? "no replica is ready" : `fewer than ${minReadyReplicas} replicas are ready`;
  return `${unready.join(", ")}: ${replicas}`;
}
