import type { AbTestProps, BanditRolloutProps, BlueGreenPairProps, ShadowDeploymentProps } from "../../lib";
import { analysis, canaryVersion, everything, evidence, minimal } from "./sample-props";

const { stable, canary, traffic: stages, ...rollout } = everything;
const { onInsufficientData, readyShare, ...heldAnalysis } = analysis;
const { maxExtensions, incidentTimeout, expectedRequestsPerSecond, ...pairAnalysis } = heldAnalysis;
export const pair: BlueGreenPairProps = {
  blue: minimal.stable,
  green: minimal.canary,
  live: "blue",
  objectives: minimal.objectives,
  routing: minimal.routing,
};
export const everythingOfPair: Required<BlueGreenPairProps> = {
  ...rollout,
  analysis: heldAnalysis,
  blue: everything.stable,
  green: canaryVersion,
  live: "blue",
  idle: "full",
  preparedReplicas: 12,
  preview: { hosts: ["preview.recommender.example.com"], gateways: ["ingress/private"] },
  smokeTest: { requests: 100, latencyP95: "80ms", healthPath: "/health" },
  watchFor: "30m",
  standbyFor: "12h",
  standbyReplicas: 2,
  standbyMirror: 10,
};
export const bandit: BanditRolloutProps = {
  arms: [minimal.stable, minimal.canary],
  reward: { metric: "clicked" },
  objectives: minimal.objectives,
  routing: minimal.routing,
};
export const everythingOfBandit: Required<BanditRolloutProps> = {
  ...rollout,
  analysis: pairAnalysis,
  arms: [
    everything.stable,
    canaryVersion,
    { ...canaryVersion, version: "2.4.0", evidence: { ...evidence, version: "2.4.0" } },
  ],
  reward: { metric: "seconds_to_click", direction: "lowerIsBetter", lowerBound: 1, upperBound: 60, maturity: "10m" },
  traffic: {
    algorithm: "ucb",
    exploration: 2,
    floor: 10,
    maxStep: 5,
    updateEvery: "30m",
    warmUp: { split: { "2.2.0": 60, "2.3.0": 20, "2.4.0": 20 }, rewards: 500 },
    halfLife: "12h",
    duration: "30d",
    split: { "2.2.0": 30, "2.3.0": 70, "2.4.0": 0 },
  },
  overrides: { "2-2-0-2-3-0-2-4-0-split": { metadata: { annotations: { "example.com/owner": "ml" } } } },
};
const { metrics, ...comparison } = pairAnalysis;
export const shadowing: ShadowDeploymentProps = {
  live: minimal.stable,
  shadow: minimal.canary,
  objectives: minimal.objectives,
  routing: minimal.routing,
};
export const everythingOfShadow: Required<ShadowDeploymentProps> = {
  ...rollout,
  analysis: { ...comparison, maxExtensions, incidentTimeout },
  live: everything.stable,
  shadow: canaryVersion,
  percent: 25,
  duration: "12h",
  agreement: { atLeast: 0.9, minimumPairs: 1000 },
};
export const abTest: AbTestProps = {
  analysis: { metrics: [{ name: "revenue", upperBound: 500 }] },
  variants: [minimal.stable, minimal.canary],
  metric: { name: "clicked" },
  unit: { cookie: {} },
  duration: "14d",
  objectives: minimal.objectives,
  routing: minimal.routing,
};
export const everythingOfTest: Required<Omit<AbTestProps, "unit">> = {
  ...rollout,
  analysis: { ...comparison, metrics },
  variants: [everything.stable, canaryVersion],
  metric: {
    name: "revenue",
    direction: "higherIsBetter",
    lowerBound: 0,
    upperBound: 500,
    maturity: "1d",
    minimumEffect: 0.1,
    minimumSamples: 1000,
  },
  duration: "21d",
  running: true,
  split: { "2.2.0": 90, "2.3.0": 10 },
  falseWinRate: 0.01,
  expected: { valuesPerHour: 100_000, mean: 5, deviation: 20 },
};
