import { powerOfCanary } from "../../lib/strategies/canary/power";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { promotionChance, type Scenario } from "../../lib/strategies/power/promotion-chance";
import { strategyOf } from "../../lib/strategies/registry";
import { simulateStream } from "./streams/stream-simulation";
import { steady } from "./streams/traffic";

/** A rollout of a version that fails too often. */
export interface PowerCase {
  readonly weights: readonly number[];
  readonly limit: number;
  /** How many times the limit the candidate fails; the baseline is at half of it. */
  readonly factor: number;
  readonly requestsPerSecond: number;
}

const HOLD_SECONDS = 1800;

/** The gates of the README's rollout, with another objective. */
const powerPolicy = ({ weights, limit }: PowerCase): CanaryPolicy => ({
  strategy: "canary",
  stable: "1.0.0",
  canary: "1.1.0",
  stages: weights.map((weight) => ({ weight, holdSeconds: HOLD_SECONDS })),
  gates: [
    { kind: "latency-objective", id: "p95", quantile: 0.95, limitSeconds: 0.1 },
    { kind: "latency-comparison", id: "p95-compared", quantile: 0.95, margin: 0.2, floorSeconds: 0.01 },
    { kind: "error-rate-objective", id: "errors", limit },
    { kind: "error-rate-comparison", id: "errors-compared", margin: 0.5 },
  ],
  minimumSamples: 100,
  falseAlarmRate: 0.01,
  onInsufficientData: "extend",
  maxExtensions: 4,
  capacity: { minReadyReplicas: 1, shareOfStable: 0 },
});

const scenarioOf = ({ limit, factor, requestsPerSecond }: PowerCase): Scenario => ({
  requestsPerSecond,
  baselineRate: limit / 2,
  candidateRate: limit * factor,
});

export const approximateChance = (given: PowerCase): number =>
  promotionChance(powerOfCanary(powerPolicy(given)), scenarioOf(given));

/** Share of simulated rollouts that promote the candidate, with an evaluation every minute. */
export function simulatedChance(given: PowerCase, runs: number): number {
  const policy = powerPolicy(given);
  const { baselineRate, candidateRate, requestsPerSecond } = scenarioOf(given);
  const outcomes = Array.from({ length: runs }, (_, run) =>
    simulateStream({
      strategy: strategyOf(policy),
      policy,
      stream: steady({ requestsPerSecond, errorRate: baselineRate, labelled: 0 }),
      seed: 500 + run,
      secondsPerEvaluation: 60,
      maxSeconds: (2 + policy.maxExtensions) * policy.stages.length * HOLD_SECONDS,
      candidate: (conditions) => ({ ...conditions, errorRate: candidateRate }),
    }),
  );
  return outcomes.filter(({ outcome }) => outcome === "promoted").length / runs;
}
