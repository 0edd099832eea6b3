import { Direction } from "../gate";
import { harmOf } from "../gates/metric";
import type { MetricSums } from "../observation";
import type { Beta } from "../statistics/beta";
import { meanHarm, type Sums } from "../statistics/sums";
import type { RewardRule } from "./policy";

const { max, min } = Math;

/** What is known of an arm's mean reward, from the rewards seen so far alone. */
export interface Belief {
  /** The mean on a scale from 0, the worst reward, to 1, the best. */
  readonly mean: number;
  /** How many rewards of 0 or 1 would tell as much. */
  readonly samples: number;
}

/** Rewards for which the worst spread is taken for granted before any is seen: a few alike may be chance. */
const doubted = 30;

/** Beyond this there is nothing left to learn, and sums must stay exact. */
const mostSamples = 1e9;

/**
 * The belief from sums of rewards. Rewards of 0 or 1 spread as much as their mean allows, and count one each; rewards in
 * between spread less, tell more of their mean, and count for more.
 */
export function beliefOf(rewards: MetricSums, rule: RewardRule): Belief {
  const sums = harmOf(rewards, rule.direction, rule.lowerBound, rule.upperBound);
  if (sums.samples <= 0) return { mean: 0, samples: 0 };
  const mean = 1 - meanHarm(sums);
  const most = mean * (1 - mean);
  const spread = (sums.samples * spreadOf(sums) + doubted * most) / (sums.samples + doubted);
  const worth = spread > 0 ? max(1, most / spread) : 1;
  return { mean, samples: min(sums.samples * worth, mostSamples) };
}

/** Never more than the mean allows: rounding may say so. */
function spreadOf(sums: Sums): number {
  const mean = meanHarm(sums);
  return min(max(0, sums.squares / sums.samples - mean * mean), mean * (1 - mean));
}

/** The same as a distribution, from one that held every mean for as likely as any other. */
export function posteriorOf({ mean, samples }: Belief): Beta {
  return { alpha: 1 + mean * samples, beta: 1 + (1 - mean) * samples };
}

/** A reward in its own unit, from the scale of 0 to 1. */
export function inUnit(share: number, { direction, lowerBound, upperBound }: RewardRule): number {
  const worst = direction === Direction.HigherIsBetter ? lowerBound : upperBound;
  const best = direction === Direction.HigherIsBetter ? upperBound : lowerBound;
  return worst + share * (best - worst);
}

/**
 * Rewards after some time, and those that came since. Older ones count less, by half in each half life, whatever the
 * number of looks in between.
 */
export function aged(
  rewards: MetricSums,
  came: MetricSums,
  seconds: number,
  halfLifeSeconds: number | undefined,
): MetricSums {
  const kept = halfLifeSeconds === undefined ? 1 : 0.5 ** (seconds / halfLifeSeconds);
  return {
    count: rewards.count * kept + came.count,
    sum: rewards.sum * kept + came.sum,
    sumOfSquares: rewards.sumOfSquares * kept + came.sumOfSquares,
  };
}
