/*
 * Seconds on a driver's clock, which may be no number, or go back: a state's own moments are numbers and never fall.
 */

/** The moment at which a state begins. */
export function firstMoment(at: number): number {
  return Number.isFinite(at) ? at : 0;
}

/** The moment of a look, after the one before. */
export function nextMoment(before: number, at: number): number {
  return Number.isFinite(at) ? Math.max(before, at) : before;
}
