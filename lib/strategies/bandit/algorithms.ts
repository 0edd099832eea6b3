import { probabilitiesOfLargest } from "../statistics/beta";
import { divergence } from "../statistics/noise";
import { BanditAlgorithm, type BanditPolicy } from "./policy";
import { posteriorOf, type Belief } from "./rewards";

const { log, max } = Math;

/** The shares of the traffic that the beliefs speak for; they sum to 1. `soon` is how many rewards come until the next move. */
export function sharesFor(policy: BanditPolicy, beliefs: readonly Belief[], soon: number): readonly number[] {
  switch (policy.algorithm) {
    case BanditAlgorithm.Thompson:
      return chancesOfBest(beliefs);
    case BanditAlgorithm.EpsilonGreedy:
      return greedy(beliefs, policy.epsilon);
    case BanditAlgorithm.Ucb:
      return optimistic(beliefs, policy.exploration, soon);
  }
}

/** The probability of each arm to be the best one: what Thompson sampling, asked anew for each request, would give it. */
export function chancesOfBest(beliefs: readonly Belief[]): readonly number[] {
  return probabilitiesOfLargest(beliefs.map(posteriorOf));
}

function greedy(beliefs: readonly Belief[], epsilon: number): readonly number[] {
  const best = indexOfLargest(beliefs.map(({ mean }) => mean));
  return beliefs.map((_, i) => epsilon / beliefs.length + (i === best ? 1 - epsilon : 0));
}

/**
 * Percent by percent to the arm whose mean may be the highest, as if the rewards of that percent had come already: they
 * would leave its mean where it is and narrow the doubt. A split is set for many requests at once; without this they would
 * all go to one arm.
 */
function optimistic(beliefs: readonly Belief[], exploration: number, soon: number): readonly number[] {
  const doubt = exploration * log(max(2, sumOf(beliefs.map(({ samples }) => samples))));
  const percents = beliefs.map(() => 0);
  const highest = beliefs.map((belief) => upperBound(belief, doubt));
  for (let percent = 0; percent < 100; percent++) {
    const next = indexOfLargest(highest);
    const belief = beliefs[next];
    if (belief === undefined) break;
    percents[next] = (percents[next] ?? 0) + 1;
    const samples = belief.samples + (soon * (percents[next] ?? 0)) / 100;
    highest[next] = upperBound({ mean: belief.mean, samples }, doubt);
  }
  return percents.map((each) => each / 100);
}

/** The highest mean that the rewards do not speak against by more than the doubt allows (KL-UCB). */
function upperBound({ mean, samples }: Belief, doubt: number): number {
  let [low, high] = [mean, 1];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (samples * divergence(mean, middle) <= doubt) low = middle;
    else high = middle;
  }
  return low;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Of several the first. */
function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(max(...values));
}
