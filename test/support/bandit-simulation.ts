import contract from "../../serving-image/contract.json";
import { bandit } from "../../lib/strategies/bandit/strategy";
import type { BanditPolicy } from "../../lib/strategies/bandit/policy";
import type { BanditState } from "../../lib/strategies/bandit/policy";
import type { Decision, Weights } from "../../lib/strategies/decision";
import { MetricDirection } from "../../lib/strategies/gate";
import type { Observation, TrackCounts } from "../../lib/strategies/observation";
import { Random } from "./random";

/** Two arms that earn 0 or 1 per request, updated every ten minutes as by the construct's defaults. */
export const banditPolicy: BanditPolicy = {
  strategy: "bandit",
  arms: ["1.0.0", "1.1.0"],
  reward: { metric: "clicked", direction: MetricDirection.HigherIsBetter, lowerBound: 0, upperBound: 1 },
  algorithm: "thompson",
  epsilon: 0.1,
  exploration: 1,
  warmUp: { "1.0.0": 50, "1.1.0": 50 },
  minimumRewards: 200,
  floor: 5,
  maxStep: 10,
  updateEverySeconds: 600,
  minReadyReplicas: 1,
  gates: [],
  minimumSamples: 100,
  falseAlarmRate: 0.01,
};

export interface BanditSimulation {
  readonly seed: number;
  readonly policy: BanditPolicy;
  readonly requests: number;
  /** The rate of requests, which decides how many arrive between two updates. */
  readonly requestsPerSecond: number;
  /** Probability of a reward of 1 at a request, by arm. */
  readonly rates: (request: number) => Readonly<Record<string, number>>;
  /** Seconds from a request to its reward. */
  readonly delay?: number;
  /** Requests between two evaluations. */
  readonly requestsPerEvaluation?: number;
}

export interface BanditResult {
  /** Expected rewards lost by not sending every request to the best arm at the time. */
  readonly regret: number;
  readonly weights: Weights;
  readonly decisions: number;
}

/** Runs a bandit over a number of requests. */
export function simulateBandit(simulation: BanditSimulation): BanditResult {
  const { seed, policy, requests, requestsPerSecond, rates, delay = 0, requestsPerEvaluation = 25 } = simulation;
  const random = new Random(seed);
  const tracks = Object.fromEntries(policy.arms.map((arm) => [arm, new RewardedTrack()]));
  const observe = (at: number): Observation => ({
    at,
    tracks: Object.fromEntries(policy.arms.map((arm) => [arm, tracks[arm]?.counts ?? new RewardedTrack().counts])),
  });
  const pending: { readonly at: number; readonly arm: string; readonly reward: number }[] = [];
  let arrived = 0;
  let decision: Decision<BanditState> = bandit.decide(policy, undefined, observe(0));
  let regret = 0;
  let decisions = 1;
  for (let request = 0; request < requests; request++) {
    const at = request / requestsPerSecond;
    const chances = rates(request);
    const arm = drawn(decision.weights, policy.arms, random);
    const chance = chances[arm] ?? 0;
    regret += Math.max(...Object.values(chances)) - chance;
    tracks[arm]?.answer();
    pending.push({ at: at + delay, arm, reward: Number(random.chance(chance)) });
    for (; (pending[arrived]?.at ?? Infinity) <= at; arrived++) {
      const { arm: rewarded, reward } = pending[arrived] ?? { arm, reward: 0 };
      tracks[rewarded]?.reward(reward);
    }
    if (request % requestsPerEvaluation !== 0) continue;
    decision = bandit.decide(policy, decision.state, observe(at));
    decisions += 1;
  }
  return { regret, weights: decision.weights, decisions };
}

/** The regret of a split that never changes. */
export function regretOfFixedSplit({ policy, requests, rates }: BanditSimulation): number {
  let regret = 0;
  for (let request = 0; request < requests; request++) {
    const chances = Object.values(rates(request));
    const mean = chances.reduce((sum, chance) => sum + chance, 0) / policy.arms.length;
    regret += Math.max(...chances) - mean;
  }
  return regret;
}

function drawn(weights: Weights, arms: readonly string[], random: Random): string {
  let percent = random.next() * 100;
  for (const arm of arms) {
    percent -= weights[arm] ?? 0;
    if (percent < 0) return arm;
  }
  return arms[0] ?? "";
}

/** A track without errors, and the rewards of its predictions. */
class RewardedTrack {
  private requests = 0;
  private rewards = 0;
  private earned = 0;

  answer(): void {
    this.requests += 1;
  }

  reward(value: number): void {
    this.rewards += 1;
    this.earned += value;
  }

  get counts(): TrackCounts {
    return rewardedCounts(this.requests, this.rewards, this.earned);
  }
}

/** Counts of a track without slow requests, and rewards of 0 or 1. */
export function rewardedCounts(requests: number, rewards: number, earned: number, errors = 0, ready = 2): TrackCounts {
  return {
    requests,
    errors,
    latency: fastLatency(requests),
    metrics: { clicked: { count: rewards, sum: earned, sumOfSquares: earned } },
    readyReplicas: ready,
  };
}

const bounds = contract.buckets.durationSeconds;
const fast = bounds.indexOf(0.025);

/** Requests that all took about 20 ms. */
function fastLatency(requests: number): TrackCounts["latency"] {
  return { bounds, counts: [...bounds, Infinity].map((_, i) => (i === fast ? requests : 0)) };
}
