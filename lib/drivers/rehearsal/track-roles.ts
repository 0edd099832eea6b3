import type { Track } from "../../core/plan";
import { ALL_TRACKS } from "./fault-settings";
import { suggestion } from "../../core/checks/suggest";
import type { RolloutPolicy } from "../../strategies/registry";

/** The role of a track: the member of the policy that names it, such as `canary` or `shadow`; where none does, its version. */
export function roleOf(policy: RolloutPolicy, { name, version }: Track): string {
  const [role] = Object.entries(policy).find(([, value]) => value === name) ?? [];
  return role ?? version;
}

/** Finds a track by its role, its version or its name. */
function findTrack(name: string, tracks: readonly Track[], policy: RolloutPolicy): Track | undefined {
  return tracks.find((track) => [roleOf(policy, track), track.version, track.name].includes(name));
}

/** Finds the tracks that a fault is for. */
export function findTracks(name: string, tracks: readonly Track[], policy: RolloutPolicy): readonly Track[] {
  const found = findTrack(name, tracks, policy);
  if (found !== undefined) return [found];
  return name === ALL_TRACKS ? tracks : [];
}

/** The names by which tracks can be found, and the one of them that was probably meant. */
export function suggestTrack(
  name: string,
  tracks: readonly Track[],
  policy: RolloutPolicy,
): { readonly near?: string; readonly all: readonly string[] } {
  const all = [...new Set(tracks.flatMap((track) => [roleOf(policy, track), track.version]))];
  const near = suggestion(name, all);
  return { all, ...(near !== undefined && { near }) };
}
