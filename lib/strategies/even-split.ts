import type { Weights } from "./decision";

/** The most even split in whole percent; the remainder goes to the first tracks. */
export function evenSplit(tracks: readonly string[]): Weights {
  const whole = Math.floor(100 / Math.max(1, tracks.length));
  return Object.fromEntries(tracks.map((track, i) => [track, whole + Number(i < 100 - whole * tracks.length)]));
}
