import type { AbTestPolicy } from "./ab-test/policy";
import { abTest } from "./ab-test/strategy";
import { bandit } from "./bandit/strategy";
import type { BanditPolicy } from "./bandit/policy";
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

/** The strategy that a policy is for. Its states are the driver's to keep, and the strategy's alone to understand. */
export function strategyOf({ strategy }: Pick<RolloutPolicy, "strategy">): Strategy<RolloutPolicy, unknown> {
  return STRATEGIES[strategy];
}
