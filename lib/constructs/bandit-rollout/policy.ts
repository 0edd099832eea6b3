import { evenSplit } from "../../strategies/even-split";
import type { BanditPolicy } from "../../strategies/bandit/policy";
import type { Weights } from "../../strategies/decision";
import { gatesOf } from "../common/gates";
import { trackOf } from "../common/track";
import type { ParsedBanditProps } from "./schema";

/** The policy that the declared bandit is run by. */
export function banditPolicy(props: ParsedBanditProps): BanditPolicy {
  const { reward, traffic, analysis, autoscaling } = props;
  const arms = armNames(props);
  return {
    strategy: "bandit",
    arms,
    reward,
    algorithm: traffic.algorithm,
    epsilon: traffic.epsilon ?? 0.1,
    exploration: traffic.exploration ?? 1,
    warmUp: traffic.warmUp.split === undefined ? evenSplit(arms) : byTrack(props, traffic.warmUp.split),
    minimumRewards: traffic.warmUp.rewards,
    floor: traffic.floor,
    maxStep: traffic.maxStep,
    updateEverySeconds: traffic.updateEvery,
    ...(traffic.halfLife !== undefined && { halfLifeSeconds: traffic.halfLife }),
    ...(traffic.duration !== undefined && { durationSeconds: traffic.duration }),
    minReadyReplicas: autoscaling.minReplicas,
    gates: gatesOf(props.objectives, analysis),
    minimumSamples: analysis.minimumSamples,
    falseAlarmRate: analysis.falseAlarmRate,
  };
}

/** The split that the program declares, or the one before the bandit begins. */
export function declaredSplit(props: ParsedBanditProps): Weights {
  const { split } = props.traffic;
  if (split !== undefined) return byTrack(props, split);
  return Object.fromEntries(armNames(props).map((arm, index) => [arm, index === 0 ? 100 : 0]));
}

const armNames = ({ name, arms }: ParsedBanditProps): string[] => arms.map((arm) => trackOf(name, arm).name);

function byTrack({ name, arms }: ParsedBanditProps, split: Readonly<Record<string, number>>): Weights {
  return Object.fromEntries(arms.map((arm) => [trackOf(name, arm).name, split[arm.version] ?? 0]));
}
