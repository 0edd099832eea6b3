import type { Gate } from "../../strategies/gate";
import type { RolloutPolicy } from "../../strategies/registry";

/** The gates of a policy; a strategy that judges otherwise has none. */
export function gatesOf(policy: RolloutPolicy): readonly Gate[] {
  return "gates" in policy ? policy.gates : [];
}
