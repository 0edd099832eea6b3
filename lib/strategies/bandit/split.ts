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
 * The split without an arm. The others keep what they have and share out what it had in proportion to that: the load of
 * each rises by the same factor, which is the least that one of them has to bear.
 */
export function withoutArm(before: Weights, removed: string, baseline: string): Weights {
  const rest = Object.entries(before).filter(([arm]) => arm !== removed);
  const sum = rest.reduce((total, [, weight]) => total + weight, 0);
  const shares = new Map(rest.map(([arm, weight]) => [arm, sum > 0 ? weight / sum : Number(arm === baseline)]));
  // An arm of no weight was removed before, or has not begun.
  const rooms = new Map(rest.map(([arm, weight]) => [arm, { least: weight, most: shares.get(arm) === 0 ? 0 : 100 }]));
  return { ...before, [removed]: 0, ...handOut(shares, rooms) };
}

/** As even as whole percents can be; what is left over goes to the first. */
export function evenSplit(arms: readonly string[]): Weights {
  const whole = Math.floor(100 / Math.max(1, arms.length));
  return Object.fromEntries(arms.map((arm, i) => [arm, whole + Number(i < 100 - whole * arms.length)]));
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
