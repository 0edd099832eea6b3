import { adjustedDifferences } from "../statistics/adjusted-differences";
import { dispersionOf, type StratifiedDifference } from "../statistics/strata";
import { sumOf } from "../statistics/sum";
import { contrastBetween, pairsOf } from "./contrasts";
import type { BanditPolicy, BanditState } from "./policy";
import { beliefOf, NO_REWARDS, type Belief } from "./rewards";
import { contrastsNow } from "./stratum";

const { max, min } = Math;

/** Two of some arms, by their indices, and how much more the first one loses at the same time. */
interface ArmPair {
  readonly first: number;
  readonly second: number;
  readonly strata: StratifiedDifference;
}

/**
 * What the rewards say about each of some arms: means as if all arms had been observed at the same times, each with as many
 * samples as the comparisons at the same time are worth. An arm is not better because it got most of its traffic in the best
 * hours, and clumps of rewards are no more certain than as many independent ones.
 */
export function beliefsOf(policy: BanditPolicy, state: BanditState, arms: readonly string[]): readonly Belief[] {
  const beliefs = arms.map((arm) => beliefOf(state.arms[arm]?.rewards ?? NO_REWARDS, policy.reward));
  const counts = arms.map((arm) => state.arms[arm]?.rewards.count ?? 0);
  const pairs = pairsAmong(policy, state, arms);
  const differences = adjustedDifferences(pairs, arms.length);
  const count = sumOf(counts);
  if (differences === undefined || !(count > 0)) return beliefs;
  const average = (values: readonly number[]): number =>
    sumOf(values.map((each, i) => each * (counts[i] ?? 0))) / count;
  const level = average(beliefs.map(({ mean }) => mean)) + average(differences);
  return beliefs.map(({ samples }, i) => {
    const own = pairs.filter(({ first, second }) => first === i || second === i);
    return {
      mean: min(1, max(0, level - (differences[i] ?? 0))),
      samples: (samples * sharedInformation(own, counts)) / dispersionAmong(own),
    };
  });
}

function pairsAmong(policy: BanditPolicy, state: BanditState, arms: readonly string[]): readonly ArmPair[] {
  const contrasts = contrastsNow(policy, state);
  const indices = arms.map((arm) => policy.arms.indexOf(arm));
  return pairsOf(arms.length).map(([first, second]) => {
    const { recent } = contrastBetween(contrasts, policy.arms.length, indices[first] ?? 0, indices[second] ?? 0);
    return { first, second, strata: recent };
  });
}

/** What comparisons at the same time are worth, as a share of what as many rewards of a constant split would be. */
function sharedInformation(pairs: readonly ArmPair[], counts: readonly number[]): number {
  const weight = sumOf(pairs.map(({ strata }) => strata.weight));
  const most = sumOf(
    pairs.map(({ first, second }) => {
      const [n, m] = [counts[first] ?? 0, counts[second] ?? 0];
      return n + m > 0 ? (n * m) / (n + m) : 0;
    }),
  );
  return most > 0 ? min(1, weight / most) : 1;
}

/** The dispersion of several pairs, each counting by its information. */
function dispersionAmong(pairs: readonly ArmPair[]): number {
  const weight = sumOf(pairs.map(({ strata }) => strata.weight));
  return weight > 0 ? sumOf(pairs.map(({ strata }) => strata.weight * dispersionOf(strata))) / weight : 1;
}
