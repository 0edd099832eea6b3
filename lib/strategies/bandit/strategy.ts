import { metricsOf } from "../gates/metrics-of";
import type { Outcome, Strategy } from "../strategy";
import { evidence } from "./arms";
import { decide } from "./decide";
import type { BanditPolicy } from "./policy";
import { initialState, type BanditPhase, type BanditState } from "./state";

const OUTCOMES: Readonly<Partial<Record<BanditPhase, Outcome>>> = {
  completed: "completed",
  "rolled-back": "rolled-back",
};

/** Several versions earn rewards, and those that earn more get more of the traffic. */
export const bandit: Strategy<BanditPolicy, BanditState> = {
  title: (baseline, candidates) => `bandit of ${baseline} and ${candidates}`,
  tracks: ({ arms }) => arms,
  gates: ({ gates }) => gates,
  requirements: ({ gates, reward }) => ({
    stickyUsers: false,
    metrics: [...new Set([...metricsOf(gates), reward.metric])],
  }),
  stageCount: () => 0,
  declaredSeconds: ({ durationSeconds, updateEverySeconds, maxStep }) =>
    durationSeconds ?? updateEverySeconds * Math.ceil(100 / maxStep),
  onFasterClock: (policy) => policy,
  opening: (policy) => ({ weights: initialState(policy, 0).weights }),
  decide,
  evidence,
  results: () => [],
  outcome: ({ phase }) => OUTCOMES[phase],
};
