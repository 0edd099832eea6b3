import { OnInsufficientData, type CanaryPolicy } from "../../strategies/canary/policy";

/**
 * The policy on a clock that is `speed` times faster than the requests. A stage may take as long as it takes, at this
 * rate, to see what it would have seen in its own time: speeding up the clock must not starve the gates of samples.
 */
export function rehearsalPolicy(policy: CanaryPolicy, speed: number): CanaryPolicy {
  const extensions = policy.onInsufficientData === OnInsufficientData.Extend ? policy.maxExtensions : 0;
  return {
    ...policy,
    onInsufficientData: OnInsufficientData.Extend,
    maxExtensions: Math.ceil((1 + extensions) * speed) - 1,
  };
}
