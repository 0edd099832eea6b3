import type { Observation } from "../observation";
import type { CanaryPolicy } from "./policy";
import type { CanaryState } from "./state";

/** Ready replicas that the canary needs and has, before it may take a weight. */
export interface CapacityNeed {
  readonly needed: number;
  readonly ready: number;
}

/**
 * Whether replicas are missing for a weight. Readiness is a matter of this moment, so a canary that could not be read
 * just now has none.
 */
export function missingReplicas(
  policy: CanaryPolicy,
  state: CanaryState,
  observation: Observation,
  weight: number,
): CapacityNeed | undefined {
  const { minReadyReplicas, shareOfStable } = policy.capacity;
  const stableReady = state.tallies.stable?.readyReplicas ?? 0;
  const needed = Math.max(minReadyReplicas, Math.ceil((stableReady * weight * shareOfStable) / 100));
  const ready = observation.tracks[policy.canary] === undefined ? 0 : (state.tallies.canary?.readyReplicas ?? 0);
  return ready >= needed ? undefined : { needed, ready };
}
