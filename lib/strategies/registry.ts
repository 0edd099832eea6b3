import type { AbTestPolicy } from "./ab-test/policy";
import { abTest } from "./ab-test/strategy";
import type { BanditPolicy } from "./bandit/policy";
import { bandit } from "./bandit/strategy";
import type { BlueGreenPolicy } from "./blue-green/policy";
import { blueGreen } from "./blue-green/strategy";
import type { CanaryPolicy } from "./canary/policy";
import { canary } from "./canary/strategy";
import type { ShadowPolicy } from "./shadow/policy";
import { shadow } from "./shadow/strategy";
import type { Strategy } from "./strategy";

/** The policy of any strategy. */
export type RolloutPolicy = CanaryPolicy | BlueGreenPolicy | AbTestPolicy | ShadowPolicy | BanditPolicy;

const STRATEGIES: Readonly<Record<RolloutPolicy["strategy"], Strategy<RolloutPolicy, unknown>>> = {
  canary,
  "blue-green": blueGreen,
  "ab-test": abTest,
  shadow,
  bandit,
};

/**
 * The strategy that a policy is for. A driver keeps the states, but only the strategy understands them.
 *
 * @example
 * import { strategies, type CanaryPolicy } from "slipway";
 *
 * async function run(policy: CanaryPolicy): Promise<void> {
 *   const strategy = strategies.strategyOf(policy);
 *   await route(strategy.opening(policy));
 *   let state: unknown;
 *   do {
 *     const decision = strategy.decide(policy, state, await observe(strategy.tracks(policy)));
 *     state = decision.state;
 *     await route(decision);
 *   } while (strategy.outcome(state) === undefined);
 * }
 */
export function strategyOf({ strategy }: Pick<RolloutPolicy, "strategy">): Strategy<RolloutPolicy, unknown> {
  return STRATEGIES[strategy];
}
