import type { LossMoments } from "../statistics/loss-moments";
import { addStratum, discount, NO_DIFFERENCE, reverse, type StratifiedDifference } from "../statistics/strata";

/** How much more the first arm of a pair loses than the second one at the same time. */
export interface Contrast {
  /** From all strata alike: what a verdict is based on. */
  readonly total: StratifiedDifference;
  /** From strata that count less the older they are: what the split follows. Missing without a half-life. */
  readonly recent?: StratifiedDifference;
}

const NO_CONTRAST: Contrast = { total: NO_DIFFERENCE };

/** All pairs of so many arms, by their indices, in a fixed order. */
export function pairsOf(arms: number): readonly (readonly [first: number, second: number])[] {
  return Array.from({ length: arms }, (_, first) => first).flatMap((first) =>
    Array.from({ length: arms - first - 1 }, (_, i) => [first, first + 1 + i] as const),
  );
}

/** The contrasts with another stratum, from what each arm lost in it. `share` is what earlier strata still count for. */
export function addToContrasts(
  contrasts: readonly Contrast[],
  stratum: readonly LossMoments[],
  share: number | undefined,
): readonly Contrast[] {
  return pairsOf(stratum.length).map(([i, j], index) => {
    const { total, recent = NO_DIFFERENCE } = contrasts[index] ?? NO_CONTRAST;
    const [first, second] = [stratum[i], stratum[j]];
    if (first === undefined || second === undefined) return { total };
    return {
      total: addStratum(total, first, second),
      ...(share !== undefined && { recent: addStratum(discount(recent, share), first, second) }),
    };
  });
}

/** How much more an arm loses than another one, of so many arms. */
export function contrastBetween(
  contrasts: readonly Contrast[],
  arms: number,
  arm: number,
  other: number,
): Required<Contrast> {
  const isInOrder = arm < other;
  const [first, second] = isInOrder ? [arm, other] : [other, arm];
  const index = pairsOf(arms).findIndex(([i, j]) => i === first && j === second);
  const { total, recent = total } = contrasts[index] ?? NO_CONTRAST;
  return isInOrder ? { total, recent } : { total: reverse(total), recent: reverse(recent) };
}
