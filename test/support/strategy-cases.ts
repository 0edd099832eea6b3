import type { AbTestPolicy } from "../../lib/strategies/ab-test/policy";
import { abPolicy } from "./ab-simulation";
import type { BanditPolicy } from "../../lib/strategies/bandit/policy";
import type { BlueGreenPolicy } from "../../lib/strategies/blue-green/policy";
import { AGREEMENT } from "../../lib/strategies/observation";
import type { RolloutPolicy } from "../../lib/strategies/registry";
import { banditPolicy } from "./bandit-simulation";
import type { ShadowPolicy } from "../../lib/strategies/shadow/policy";
import { policy as canary } from "./canary-rollout";

/** A switch from 1.0.0 to 1.1.0, with a minute of gates of every kind. */
export const blueGreenPolicy: BlueGreenPolicy = {
  strategy: "blue-green",
  blue: "1.0.0",
  green: "1.1.0",
  smokeTest: { requests: 20, latencyP95Seconds: 0.1, healthPath: "/ready" },
  capacity: { minReadyReplicas: 2, shareOfStable: 1 },
  gates: canary.gates,
  minimumSamples: 100,
  falseAlarmRate: 0.01,
  watchSeconds: 60,
  standbySeconds: 600,
};

/** Three arms that need few rewards, updated twice a minute, with gates of every kind. */
const threeArms: BanditPolicy = {
  ...banditPolicy,
  arms: ["1.0.0", "1.1.0", "1.2.0"],
  warmUp: { "1.0.0": 34, "1.1.0": 33, "1.2.0": 33 },
  minimumRewards: 100,
  updateEverySeconds: 30,
  gates: canary.gates,
};

/** 1.1.0 as a shadow of 1.0.0 for at least a minute, with gates of every kind. */
export const shadowPolicy: ShadowPolicy = {
  strategy: "shadow",
  live: "1.0.0",
  shadow: "1.1.0",
  percent: 50,
  durationSeconds: 60,
  capacity: { minReadyReplicas: 1, shareOfStable: 0.5 },
  gates: [
    ...canary.gates.filter(({ kind }) => kind !== "metric-comparison"),
    { kind: "agreement-objective", id: "agreement", metric: AGREEMENT, atLeast: 0.95, minimumSamples: 100 },
  ],
  minimumSamples: 100,
  falseAlarmRate: 0.01,
};

/** Three variants for ten minutes, with gates of every kind. */
const threeVariants: AbTestPolicy = {
  ...abPolicy,
  variants: ["1.0.0", "1.1.0", "1.2.0"],
  split: { "1.0.0": 40, "1.1.0": 30, "1.2.0": 30 },
  metric: { ...abPolicy.metric, minimumSamples: 100 },
  durationSeconds: 600,
  gates: canary.gates,
};

/** One policy of each strategy, with the metrics of its observations. */
export const STRATEGY_CASES: readonly { readonly policy: RolloutPolicy; readonly metrics: readonly string[] }[] = [
  { policy: canary, metrics: ["accuracy"] },
  { policy: blueGreenPolicy, metrics: ["accuracy"] },
  { policy: threeVariants, metrics: ["clicked", "accuracy"] },
  { policy: shadowPolicy, metrics: [AGREEMENT] },
  { policy: threeArms, metrics: ["clicked", "accuracy"] },
];
