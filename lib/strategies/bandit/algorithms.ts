import { probabilitiesOfLargest } from "../statistics/beta";
import { divergence } from "../statistics/excess";
import { sumOf } from "../statistics/sum";
import { BanditAlgorithm, type BanditPolicy } from "./policy";
import { posteriorOf, type Belief } from "./rewards";

const { log, max } = Math;

/**
 * The shares of the traffic that follow from the beliefs; they sum to 1. `upcoming` rewards are expected until the next update.
 * `undefined` while the beliefs do not justify any change.
 */
export function sharesFor(
  policy: BanditPolicy,
  beliefs: readonly Belief[],
  upcoming: number,
): readonly number[] | undefined {
  switch (policy.algorithm) {
    case BanditAlgorithm.Thompson:
      return probabilitiesOfBest(beliefs);
    case BanditAlgorithm.EpsilonGreedy:
      return greedy(beliefs, policy.epsilon);
    case BanditAlgorithm.Ucb:
      return optimistic(beliefs, policy.exploration, upcoming);
  }
}

/** The probability that each arm is the best: the share that Thompson sampling for each request would give it. */
export function probabilitiesOfBest(beliefs: readonly Belief[]): readonly number[] {
  return probabilitiesOfLargest(beliefs.map(posteriorOf));
}

/** The probability of being the best that an arm needs before all but epsilon goes to it: the sign of a difference is noise. */
const MIN_PROBABILITY_OF_BEST = 0.7;

function greedy(beliefs: readonly Belief[], epsilon: number): readonly number[] | undefined {
  const probabilities = probabilitiesOfBest(beliefs);
  const best = indexOfLargest(probabilities);
  if ((probabilities[best] ?? 0) < MIN_PROBABILITY_OF_BEST) return undefined;
  return beliefs.map((_, i) => epsilon / beliefs.length + (i === best ? 1 - epsilon : 0));
}

/**
 * Assigns percent by percent to the arm with the highest upper confidence bound, as if the rewards of the percentages before
 * had arrived and confirmed its mean, which narrows its interval. A split is set for many requests at once; without this
 * they would all go to one arm. It is computed as if it were kept for as long as the bandit has run: of the few rewards until
 * the next update, nearly all would go to one arm, and to another after that.
 */
function optimistic(beliefs: readonly Belief[], exploration: number, upcoming: number): readonly number[] {
  const total = sumOf(beliefs.map(({ samples }) => samples));
  const horizon = max(upcoming, total);
  const uncertainty = exploration * log(max(2, total));
  const percents = beliefs.map(() => 0);
  const highest = beliefs.map((belief) => upperBound(belief, uncertainty));
  for (let percent = 0; percent < 100; percent++) {
    const next = indexOfLargest(highest);
    const belief = beliefs[next];
    if (belief === undefined) break;
    percents[next] = (percents[next] ?? 0) + 1;
    const samples = belief.samples + (horizon * (percents[next] ?? 0)) / 100;
    highest[next] = upperBound({ mean: belief.mean, samples }, uncertainty);
  }
  return percents.map((each) => each / 100);
}

/** The highest mean whose divergence from the rewards is within the uncertainty (KL-UCB). */
function upperBound({ mean, samples }: Belief, uncertainty: number): number {
  let [low, high] = [mean, 1];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (samples * divergence(mean, middle) <= uncertainty) low = middle;
    else high = middle;
  }
  return low;
}

/** The first of several. */
function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(max(...values));
}
