import { OnInsufficientData } from "../../strategies/canary/policy";
import type { RolloutPolicy } from "../../strategies/registry";

/**
 * The policy on a clock that is `speed` times faster than the requests. A stage of a canary may take as long as it takes,
 * at this rate, to see what it would have seen in its own time: speeding up the clock must not starve the gates of samples.
 */
export function rehearsalPolicy(policy: RolloutPolicy, speed: number): RolloutPolicy {
  if (policy.strategy !== "canary") return policy;
  const extensions = policy.onInsufficientData === OnInsufficientData.Extend ? policy.maxExtensions : 0;
  return {
    ...policy,
    onInsufficientData: OnInsufficientData.Extend,
    maxExtensions: Math.ceil((1 + extensions) * speed) - 1,
  };
}
