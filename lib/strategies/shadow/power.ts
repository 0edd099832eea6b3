import type { PowerRollout } from "../power/promotion-chance";
import type { ShadowPolicy } from "./policy";

/** How many times the declared duration is considered. Without a verdict the mirroring goes on for as long as it takes. */
const DURATIONS = 5;

/** A shadow, as far as it matters for what it can see. Its users stay on the live version. */
export function powerOfShadow(policy: ShadowPolicy): PowerRollout {
  const { percent, durationSeconds } = policy;
  return {
    rules: policy,
    stages: [{ candidateShare: percent / 100, baselineShare: 1, holdSeconds: durationSeconds }],
    maxExtensions: DURATIONS - 1,
  };
}
