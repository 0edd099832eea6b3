import type { BlueGreenPolicy } from "../../lib/strategies/blue-green/policy";
import type { RolloutPolicy } from "../../lib/strategies/registry";
import { policy as canary } from "./canary-rollout";

/** A switch from 1.0.0 to 1.1.0, watched for a minute, with gates of every kind. */
export const blueGreenPolicy: BlueGreenPolicy = {
  strategy: "blue-green",
  blue: "1.0.0",
  green: "1.1.0",
  smokeTest: { requests: 20, latencyP95Seconds: 0.1 },
  capacity: { minReadyReplicas: 2, shareOfStable: 1 },
  gates: canary.gates,
  minimumSamples: 100,
  falseAlarmRate: 0.01,
  watchSeconds: 60,
  standbySeconds: 600,
};

/** One policy of each strategy, with what its observations are about. */
export const STRATEGY_CASES: readonly { readonly policy: RolloutPolicy; readonly metrics: readonly string[] }[] = [
  { policy: canary, metrics: ["accuracy"] },
  { policy: blueGreenPolicy, metrics: ["accuracy"] },
];
