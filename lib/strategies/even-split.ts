import type { Weights } from "./decision";

/** As even as whole percents can be; what is left over goes to the first. */
export function evenSplit(tracks: readonly string[]): Weights {
  const whole = Math.floor(100 / Math.max(1, tracks.length));
  return Object.fromEntries(tracks.map((track, i) => [track, whole + Number(i < 100 - whole * tracks.length)]));
}
