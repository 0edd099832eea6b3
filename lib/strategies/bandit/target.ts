import type { Weights } from "../decision";
import { sharesFor } from "./algorithms";
import { beliefsOf } from "./beliefs";
import type { BanditPolicy, BanditState } from "./policy";

const { abs, max, min } = Math;

/** The shares that the rewards justify, by arm, or `undefined` while the present split is near enough to them. */
export function newTarget(
  policy: BanditPolicy,
  state: BanditState,
  arms: readonly string[],
  upcoming: number,
): ReadonlyMap<string, number> | undefined {
  const shares = sharesFor(policy, beliefsOf(policy, state, arms), upcoming);
  if (shares === undefined) return undefined;
  const target = new Map(arms.map((arm, i) => [arm, shares[i] ?? 0]));
  return isFar(policy, state.weights, target) ? target : undefined;
}

/**
 * By how much the weight of an arm must differ from its target before the split moves, as a share of the range of weights. A
 * target follows every reward, so it wanders even between equal arms, and a split that follows it would change all day. A third
 * of the range takes evidence: from an even split of two arms, a probability of 80% that one of them is better.
 */
const MIN_DISTANCE = 1 / 3;

/** The same for an arm that should have nearly all or nothing but its floor: once that is certain, the rest is no longer noise. */
const MIN_DISTANCE_AT_LIMIT = 1 / 30;

/** Whether the weight of some arm is far from its target. */
function isFar({ floor }: BanditPolicy, weights: Weights, target: ReadonlyMap<string, number>): boolean {
  const most = 100 - floor * (target.size - 1);
  const [range, nearLimit] = [most - floor, (most - floor) * MIN_DISTANCE_AT_LIMIT];
  return [...target].some(([arm, share]) => {
    const wanted = min(most, max(floor, 100 * share));
    const isAtLimit = wanted > most - nearLimit || wanted < floor + nearLimit;
    return abs(wanted - (weights[arm] ?? 0)) >= (isAtLimit ? nearLimit : range * MIN_DISTANCE);
  });
}
