import { logEvidenceOfDifference } from "../statistics/evidence-of-difference";
import { meanLoss } from "../statistics/loss-moments";
import { contrastBetween } from "./contrasts";
import { activeArms, type BanditPolicy, type BanditState } from "./policy";
import { lossMomentsOf, NO_REWARDS } from "./rewards";
import { contrastsNow } from "./stratum";

const { log, max, min } = Math;

/** Probability that any arm is ever called the best although it is not, at all evaluations together. */
export const FALSE_BEST_RATE = 0.01;

/** The state with the size of a large difference between two arms, once the warm-up has shown what rewards are like. */
export function withScale(policy: BanditPolicy, state: BanditState): BanditState {
  if (state.scale !== undefined) return state;
  const arms = policy.arms.map((arm) => lossMomentsOf(state.arms[arm]?.rewards ?? NO_REWARDS, policy.reward));
  const samples = arms.reduce((sum, each) => sum + each.samples, 0);
  const mean = meanLoss({ samples, loss: arms.reduce((sum, each) => sum + each.loss, 0), squares: 0 });
  return { ...state, scale: max(min(mean, 1 - mean), 1 / max(1, samples)) };
}

/**
 * The arm that earns more than every other one at the same time, if the evidence of each difference is enough. Each arm could
 * wrongly be called the best, so they share the probability of an error.
 */
export function bestArm(policy: BanditPolicy, state: BanditState): string | undefined {
  const contrasts = contrastsNow(policy, state);
  const active = activeArms(policy, state);
  // A difference has two signs, and only one of them makes the arm the better one.
  const needed = log(policy.arms.length / (2 * FALSE_BEST_RATE));
  const isBetter = (arm: string, other: string): boolean => {
    const { arms } = policy;
    const { total } = contrastBetween(contrasts, arms.length, arms.indexOf(arm), arms.indexOf(other));
    return total.difference < 0 && logEvidenceOfDifference(total, state.scale ?? 0) >= needed;
  };
  return active.find((arm) => active.every((other) => other === arm || isBetter(arm, other)));
}
