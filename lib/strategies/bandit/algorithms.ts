import { probabilitiesOfLargest } from "../statistics/beta";
import { divergence } from "../statistics/excess";
import { BanditAlgorithm, type BanditPolicy } from "./policy";
import { posteriorOf, type Belief } from "./rewards";

const { log, max } = Math;

/** The shares of the traffic that follow from the beliefs; they sum to 1. `upcoming` rewards are expected until the next update. */
export function sharesFor(policy: BanditPolicy, beliefs: readonly Belief[], upcoming: number): readonly number[] {
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

function greedy(beliefs: readonly Belief[], epsilon: number): readonly number[] {
  const best = indexOfLargest(beliefs.map(({ mean }) => mean));
  return beliefs.map((_, i) => epsilon / beliefs.length + (i === best ? 1 - epsilon : 0));
}

/**
 * Assigns percent by percent to the arm with the highest upper confidence bound, as if the rewards of the percentages before
 * had arrived and confirmed its mean, which narrows its interval. A split is set for many requests at once; without this
 * they would all go to one arm.
 */
function optimistic(beliefs: readonly Belief[], exploration: number, upcoming: number): readonly number[] {
  const uncertainty = exploration * log(max(2, sumOf(beliefs.map(({ samples }) => samples))));
  const percents = beliefs.map(() => 0);
  const highest = beliefs.map((belief) => upperBound(belief, uncertainty));
  for (let percent = 0; percent < 100; percent++) {
    const next = indexOfLargest(highest);
    const belief = beliefs[next];
    if (belief === undefined) break;
    percents[next] = (percents[next] ?? 0) + 1;
    const samples = belief.samples + (upcoming * (percents[next] ?? 0)) / 100;
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

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The first of several. */
function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(max(...values));
}
