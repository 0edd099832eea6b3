import type { Observation } from "../observation";
import type { Pair, Watch } from "./watch";

/** Replicas that must be ready on a track before its weight rises. */
export interface CapacityGate {
  /** Never fewer than this. */
  readonly minReadyReplicas: number;
  /** And at least this share of what the stable track has ready, scaled by the next weight: 0.5 leaves half to the autoscaler. */
  readonly shareOfStable: number;
}

/** Ready replicas that a track needs and has, before it may take a weight. */
export interface CapacityNeed {
  readonly needed: number;
  readonly ready: number;
}

/**
 * Whether replicas are missing for a weight. Readiness is a matter of this moment, so a track that could not be read
 * just now has none.
 */
export function missingReplicas(
  { minReadyReplicas, shareOfStable }: CapacityGate,
  names: Pair<string>,
  { tallies }: Watch,
  observation: Observation,
  weight: number,
): CapacityNeed | undefined {
  const baselineReady = tallies.baseline?.readyReplicas ?? 0;
  const needed = Math.max(minReadyReplicas, Math.ceil((baselineReady * weight * shareOfStable) / 100));
  const ready = observation.tracks[names.trial] === undefined ? 0 : (tallies.trial?.readyReplicas ?? 0);
  return ready >= needed ? undefined : { needed, ready };
}

/** Whether a track has replicas to serve; one that could not be read just now has none. */
export function isReady(track: string, minReadyReplicas: number, { tracks }: Observation): boolean {
  return (tracks[track]?.readyReplicas ?? 0) >= minReadyReplicas;
}

/** Which tracks have too few replicas to serve, in words; undefined when all have enough. */
export function whoIsUnready(
  tracks: readonly string[],
  minReadyReplicas: number,
  observation: Observation,
): string | undefined {
  const unready = tracks.filter((track) => !isReady(track, minReadyReplicas, observation));
  if (unready.length === 0) return undefined;
  return `${unready.join(", ")}: fewer than ${minReadyReplicas} replicas are ready`;
}
