import type { PowerRollout } from "../power/promotion-chance";
import type { BlueGreenPolicy } from "./policy";

/** How many watch times are considered. Without a verdict the watch goes on for as long as it takes. */
const WATCH_TIMES = 5;

/** A switch, as far as it matters for what its watch can see. */
export function powerOfSwitch(policy: BlueGreenPolicy): PowerRollout {
  const { watchSeconds, standbyMirrorPercent = 0 } = policy;
  return {
    rules: policy,
    stages: [{ candidateShare: 1, baselineShare: standbyMirrorPercent / 100, holdSeconds: watchSeconds }],
    maxExtensions: WATCH_TIMES - 1,
  };
}
