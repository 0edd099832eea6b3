import type { Weights } from "../decision";
import type { CanaryPolicy } from "./policy";
import type { CanaryState } from "./state";

/** The canary's weight in whole percents; none before the first stage and after a rollback. */
export function canaryWeight(policy: CanaryPolicy, { phase, stage }: CanaryState): number {
  return phase === "waiting" || phase === "rolled-back" ? 0 : (policy.stages[stage]?.weight ?? 0);
}

/** The split that a state stands for. */
export function weightsOf(policy: CanaryPolicy, state: CanaryState): Weights {
  const weight = canaryWeight(policy, state);
  return { [policy.stable]: 100 - weight, [policy.canary]: weight };
}
