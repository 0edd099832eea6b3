import type { Weights } from "../decision";
import type { SplitLimits } from "./policy";

/** The range of an arm's weight in one update. */
interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * The whole percentages nearest to some shares (which sum to 1) in one update: each arm moves by at most `maxStep` and not
 * below `floor`, and an arm in `held` does not gain. `before` sums to 100 over the arms, so such a split always exists.
 */
export function moveTowards(
  before: Weights,
  shares: ReadonlyMap<string, number>,
  { floor, maxStep }: SplitLimits,
  held: ReadonlySet<string>,
): Weights {
  const ranges = new Map<string, Range>();
  for (const arm of shares.keys()) {
    const weight = before[arm] ?? 0;
    const min = Math.max(0, weight - maxStep, Math.min(floor, weight));
    ranges.set(arm, { min, max: held.has(arm) ? weight : Math.min(100, weight + maxStep) });
  }
  return { ...before, ...allocate(shares, ranges) };
}

/**
 * The split without an arm: its share goes back to the baseline, which served all traffic before. Divided in proportion, it
 * could multiply the traffic of arms that are small because they earn little.
 */
export function withoutArm(before: Weights, removed: string, baseline: string): Weights {
  return { ...before, [removed]: 0, [baseline]: (before[baseline] ?? 0) + (before[removed] ?? 0) };
}

/** Gives each arm its minimum, and then percent by percent to the one that is furthest below its share. */
function allocate(shares: ReadonlyMap<string, number>, ranges: ReadonlyMap<string, Range>): Weights {
  const weights = new Map([...ranges].map(([arm, { min }]) => [arm, min]));
  let remaining = 100 - [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  for (; remaining > 0; remaining--) {
    let next: string | undefined;
    let largest = -Infinity;
    for (const [arm, { max }] of ranges) {
      const weight = weights.get(arm) ?? 0;
      const shortfall = 100 * (shares.get(arm) ?? 0) - weight;
      if (weight < max && shortfall > largest) [next, largest] = [arm, shortfall];
    }
    if (next === undefined) break;
    weights.set(next, (weights.get(next) ?? 0) + 1);
  }
  return Object.fromEntries(weights);
}
