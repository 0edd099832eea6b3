import { MetricDirection } from "../gate";
import { lossOf } from "../gates/metric";
import type { MetricSums } from "../observation";
import type { Beta } from "../statistics/beta";
import { meanLoss, type LossMoments } from "../statistics/loss-moments";
import type { RewardRule } from "./policy";

const { max, min } = Math;

export const NO_REWARDS: MetricSums = { count: 0, sum: 0, sumOfSquares: 0 };

/** Sums of rewards as losses: 0 for the best reward and 1 for the worst. */
export function lossMomentsOf(rewards: MetricSums, { direction, lowerBound, upperBound }: RewardRule): LossMoments {
  return lossOf(rewards, direction, lowerBound, upperBound);
}

/** What the rewards so far say about an arm's mean reward. */
export interface Belief {
  /** The mean on a scale from 0, the worst reward, to 1, the best. */
  readonly mean: number;
  /** How many rewards of 0 or 1 would be as informative. */
  readonly samples: number;
}

/** Weight, in rewards, of the assumption that rewards vary as much as possible: a few equal ones may be chance. */
const PRIOR_REWARDS = 30;

/** Beyond this the belief no longer changes, and sums must stay exact. */
const MAX_SAMPLES = 1e9;

/**
 * The belief from sums of rewards. Rewards of 0 or 1 vary as much as their mean allows and count one sample each; rewards in
 * between vary less, are more informative about their mean, and count as more samples.
 */
export function beliefOf(rewards: MetricSums, rule: RewardRule): Belief {
  const moments = lossMomentsOf(rewards, rule);
  if (moments.samples <= 0) return { mean: 0, samples: 0 };
  const mean = 1 - meanLoss(moments);
  const maxVariance = mean * (1 - mean);
  const variance =
    (moments.samples * varianceOf(moments) + PRIOR_REWARDS * maxVariance) / (moments.samples + PRIOR_REWARDS);
  const worth = variance > 0 ? max(1, maxVariance / variance) : 1;
  return { mean, samples: min(moments.samples * worth, MAX_SAMPLES) };
}

/** The variance; at most what the mean allows, in spite of rounding. */
function varianceOf(moments: LossMoments): number {
  const mean = meanLoss(moments);
  return min(max(0, moments.squares / moments.samples - mean * mean), mean * (1 - mean));
}

/** The posterior distribution of the mean, from a uniform prior. */
export function posteriorOf({ mean, samples }: Belief): Beta {
  return { alpha: 1 + mean * samples, beta: 1 + (1 - mean) * samples };
}

/** A reward in its own unit, from the scale of 0 to 1. */
export function inUnit(share: number, { direction, lowerBound, upperBound }: RewardRule): number {
  const worst = direction === MetricDirection.HigherIsBetter ? lowerBound : upperBound;
  const best = direction === MetricDirection.HigherIsBetter ? upperBound : lowerBound;
  return worst + share * (best - worst);
}

/**
 * Rewards after some time, with the new ones. Older ones count less, by half per half-life, independently of how many
 * evaluations there were in between.
 */
export function decay(
  rewards: MetricSums,
  added: MetricSums,
  seconds: number,
  halfLifeSeconds: number | undefined,
): MetricSums {
  const factor = halfLifeSeconds === undefined ? 1 : 0.5 ** (seconds / halfLifeSeconds);
  return {
    count: rewards.count * factor + added.count,
    sum: rewards.sum * factor + added.sum,
    sumOfSquares: rewards.sumOfSquares * factor + added.sumOfSquares,
  };
}
