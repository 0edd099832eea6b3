import type { Track } from "../../core/plan";
import { suggestion } from "../../core/checks/suggest";
import type { RolloutPolicy } from "../../strategies/registry";

/** What a person calls a track: the member of the policy that names it, such as `canary` or `shadow`; where none does, its version. */
export function roleOf(policy: RolloutPolicy, { name, version }: Track): string {
  const [role] = Object.entries(policy).find(([, value]) => value === name) ?? [];
  return role ?? version;
}

/** The track that a word means: a role, a version, or the track's own name. */
export function trackCalled(word: string, tracks: readonly Track[], policy: RolloutPolicy): Track | undefined {
  return tracks.find((track) => wordsFor(track, policy).includes(word));
}

/** The word for a track that was perhaps meant, and all that can be meant. */
export function trackWords(
  word: string,
  tracks: readonly Track[],
  policy: RolloutPolicy,
): { readonly near?: string; readonly all: readonly string[] } {
  const all = [...new Set(tracks.flatMap((track) => [roleOf(policy, track), track.version]))];
  const near = suggestion(word, all);
  return { all, ...(near !== undefined && { near }) };
}

function wordsFor(track: Track, policy: RolloutPolicy): readonly string[] {
  return [roleOf(policy, track), track.version, track.name];
}
