import { OnInsufficientData, type CanaryPolicy } from "./policy";

/**
 * The policy for a clock that runs `speed` times faster than requests arrive. A stage may take as long as it takes, at
 * their rate, to collect what it would have collected in its own time: a faster clock must not starve the gates of samples.
 */
export function onFasterClock(policy: CanaryPolicy, speed: number): CanaryPolicy {
  const extensions = policy.onInsufficientData === OnInsufficientData.Extend ? policy.maxExtensions : 0;
  return {
    ...policy,
    onInsufficientData: OnInsufficientData.Extend,
    maxExtensions: Math.ceil((1 + extensions) * speed) - 1,
  };
}
