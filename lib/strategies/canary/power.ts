import type { PowerRollout } from "../power/promotion-chance";
import { OnInsufficientData, type CanaryPolicy } from "./policy";

/** A canary, as far as it matters for what it can see. */
export function powerOfCanary(policy: CanaryPolicy): PowerRollout {
  return {
    rules: policy,
    stages: policy.stages.map(({ weight, holdSeconds }) => ({
      candidateShare: weight / 100,
      baselineShare: 1 - weight / 100,
      holdSeconds,
    })),
    maxExtensions: policy.onInsufficientData === OnInsufficientData.Extend ? policy.maxExtensions : 0,
  };
}
