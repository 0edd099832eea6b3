import type { BanditPolicy, BanditState } from "../../../lib/strategies/bandit/policy";
import { bandit } from "../../../lib/strategies/bandit/strategy";
import type { Weights } from "../../../lib/strategies/decision";
import type { MetricSums, Observation, TrackCounts } from "../../../lib/strategies/observation";
import { rewardedCounts } from "../bandit-simulation";
import { Random } from "../random";
import { poisson } from "../streams/sampling";
import { independentRewards, type RewardsByArm, type RewardSource } from "./reward-sources";

/** A day of rewards, drawn as counts between evaluations and not one by one. */
export interface RewardStream {
  readonly policy: BanditPolicy;
  readonly requestsPerDay: number;
  /** The mean reward of each arm, at a time of the day from 0 to 1. */
  readonly rates: (day: number) => Readonly<Record<string, number>>;
  /** How rewards spread around their mean; independent rewards of 0 or 1 by default. */
  readonly source?: RewardSource;
  /** Evaluations from a request to its reward. */
  readonly delay?: number;
  /** What a driver reads, where it differs from what was counted. It is called once for each day. */
  readonly reader?: (random: Random) => (observation: Observation) => Observation;
}

/** What a bandit did in a day. */
export interface RewardResult {
  /** Expected rewards lost by not always using the best arm, and what an even split would have lost. */
  readonly regret: number;
  readonly regretOfEvenSplit: number;
  /** For each arm that was called the best: whether it was better than every other arm at that time. */
  readonly verdicts: readonly boolean[];
  /** How often the weights changed after the warm-up. */
  readonly moves: number;
  readonly weights: Weights;
  readonly stateBytes: number;
}

const EVALUATIONS = 1440;
const SECONDS_PER_DAY = 86_400;

/** Runs a bandit for a day, with an evaluation every minute. */
export function simulateRewards(stream: RewardStream, seed: number): RewardResult {
  const { policy, requestsPerDay, rates, source = independentRewards, delay = 0 } = stream;
  const random = new Random(seed);
  const read = stream.reader?.(random) ?? ((observation: Observation) => observation);
  const totals = new Map(policy.arms.map((arm) => [arm, new RewardTotals()]));
  const observe = (at: number): Observation =>
    read({ at, tracks: Object.fromEntries([...totals].map(([arm, each]) => [arm, each.counts])) });
  let decision = bandit.decide(policy, undefined, observe(0));
  const pending: RewardsByArm[] = [];
  let [regret, regretOfEvenSplit, moves] = [0, 0, 0];
  const verdicts: boolean[] = [];
  for (let minute = 1; minute <= EVALUATIONS; minute++) {
    const day = minute / EVALUATIONS;
    const means = rates(day);
    const requests = poisson(random, requestsPerDay / EVALUATIONS);
    const rewards = source({ arms: policy.arms, weights: decision.weights, requests, means, random });
    for (const [arm, { count }] of rewards) {
      regret += count * lossOf(means, arm);
      regretOfEvenSplit += (requests / policy.arms.length) * lossOf(means, arm);
    }
    pending.push(rewards);
    for (const [arm, sums] of pending[minute - 1 - delay] ?? []) totals.get(arm)?.add(sums);
    decision = bandit.decide(policy, decision.state, observe(day * SECONDS_PER_DAY));
    for (const { kind } of decision.events) {
      if (kind === "weights-changed") moves += 1;
      if (kind === "verdict") verdicts.push(isBest(decision.state, means));
    }
  }
  const stateBytes = JSON.stringify(decision.state).length;
  return { regret, regretOfEvenSplit, verdicts, moves, weights: decision.weights, stateBytes };
}

const lossOf = (means: Readonly<Record<string, number>>, arm: string): number =>
  Math.max(...Object.values(means)) - (means[arm] ?? 0);

function isBest({ leader }: BanditState, means: Readonly<Record<string, number>>): boolean {
  return Object.entries(means).every(([arm, mean]) => arm === leader || mean < (means[leader ?? ""] ?? 0));
}

/** The counters of one arm. */
class RewardTotals {
  private readonly sums = { count: 0, sum: 0, sumOfSquares: 0 };

  add({ count, sum, sumOfSquares }: MetricSums): void {
    this.sums.count += count;
    this.sums.sum += sum;
    this.sums.sumOfSquares += sumOfSquares;
  }

  get counts(): TrackCounts {
    const { count } = this.sums;
    return { ...rewardedCounts(count, count, 0), metrics: { clicked: { ...this.sums } } };
  }
}
