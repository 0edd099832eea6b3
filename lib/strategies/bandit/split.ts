import type { Weights } from "../decision";
import type { SplitLimits } from "./policy";

/** Where an arm's weight may go in one move. */
interface Room {
  readonly least: number;
  readonly most: number;
}

/**
 * The whole percents nearest to some shares (which sum to 1) that no arm has to leap for: each moves by `maxStep` at most
 * and not under `floor`. An arm in `held` does not gain. `before` sums to 100 over the arms, so there is always such a split.
 */
export function moveTowards(
  before: Weights,
  shares: ReadonlyMap<string, number>,
  { floor, maxStep }: SplitLimits,
  held: ReadonlySet<string>,
): Weights {
  const rooms = new Map<string, Room>();
  for (const arm of shares.keys()) {
    const weight = before[arm] ?? 0;
    const least = Math.max(0, weight - maxStep, Math.min(floor, weight));
    rooms.set(arm, { least, most: held.has(arm) ? weight : Math.min(100, weight + maxStep) });
  }
  return { ...before, ...handOut(shares, rooms) };
}

/**
 * The split without an arm: what it had goes back to the baseline, which served it all before. Shared out in proportion, it
 * would raise arms tenfold that are small because they earn little.
 */
export function withoutArm(before: Weights, removed: string, baseline: string): Weights {
  return { ...before, [removed]: 0, [baseline]: (before[baseline] ?? 0) + (before[removed] ?? 0) };
}

/** Gives each its least, and then percent by percent to the one that is furthest below its share. */
function handOut(shares: ReadonlyMap<string, number>, rooms: ReadonlyMap<string, Room>): Weights {
  const weights = new Map([...rooms].map(([arm, { least }]) => [arm, least]));
  let left = 100 - [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  for (; left > 0; left--) {
    let neediest: string | undefined;
    let need = -Infinity;
    for (const [arm, { most }] of rooms) {
      const weight = weights.get(arm) ?? 0;
      const lacks = 100 * (shares.get(arm) ?? 0) - weight;
      if (weight < most && lacks > need) [neediest, need] = [arm, lacks];
    }
    if (neediest === undefined) break;
    weights.set(neediest, (weights.get(neediest) ?? 0) + 1);
  }
  return Object.fromEntries(weights);
}
