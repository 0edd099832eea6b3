import { planAbTest } from "../constructs/ab-test/plan";
import { planBanditRollout } from "../constructs/bandit-rollout/plan";
import { planBlueGreenPair } from "../constructs/blue-green-pair/plan";
import { planCanaryRollout } from "../constructs/canary-rollout/plan";
import { planShadowDeployment } from "../constructs/shadow-deployment/plan";
import type { Plan } from "../core/plan";
import type { RolloutPolicy } from "../strategies/registry";

/** Plans props that came from a file: of any shape, because planning is what checks them. */
type PlanProps = (name: string, props: never) => Plan<RolloutPolicy>;

/** The constructs that a props file can declare, by the name of their class. */
export const ROLLOUTS: Readonly<Record<string, PlanProps>> = {
  CanaryRollout: planCanaryRollout,
  BlueGreenPair: planBlueGreenPair,
  AbTest: planAbTest,
  ShadowDeployment: planShadowDeployment,
  BanditRollout: planBanditRollout,
};
