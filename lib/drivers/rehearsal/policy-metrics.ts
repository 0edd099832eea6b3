import type { RolloutPolicy } from "../../strategies/registry";
import { gatesOf } from "./policy-gates";

/** Business metrics that a policy waits for as feedback. */
export function metricsAskedFor(policy: RolloutPolicy): readonly string[] {
  const gates = gatesOf(policy).flatMap((gate) => (gate.kind === "metric-comparison" ? [gate.metric] : []));
  const reward = policy.strategy === "bandit" ? [policy.reward.metric] : [];
  const primary = policy.strategy === "ab-test" ? [policy.metric.name] : [];
  return [...new Set([...gates, ...reward, ...primary])];
}
