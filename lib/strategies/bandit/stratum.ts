import type { Observation } from "../observation";
import { addToContrasts, type Contrast } from "./contrasts";
import { activeArms, type BanditPolicy, type BanditState } from "./policy";
import { lossMomentsOf, NO_REWARDS } from "./rewards";

/** Rewards that a stratum needs on average for each arm, so that strata are few and each compares something. */
const MIN_REWARDS_PER_ARM = 20;

/** Strata in the time between two updates: enough to see how much they vary. */
const STRATA_PER_UPDATE = 4;

/** The contrasts, with the present stratum in them. */
export function contrastsNow(policy: BanditPolicy, state: BanditState): readonly Contrast[] {
  const { halfLifeSeconds } = policy;
  const stratum = policy.arms.map((arm) => lossMomentsOf(state.arms[arm]?.stratum ?? NO_REWARDS, policy.reward));
  const elapsed = state.evaluatedAt - state.stratumFrom;
  const share = halfLifeSeconds === undefined ? undefined : 0.5 ** (elapsed / halfLifeSeconds);
  return addToContrasts(state.contrasts, stratum, share);
}

/** Ends the present stratum. The split must not change within one: call this before it does. */
export function closeStratum(policy: BanditPolicy, state: BanditState): BanditState {
  return {
    ...state,
    contrasts: contrastsNow(policy, state),
    stratumFrom: state.evaluatedAt,
    arms: Object.fromEntries(
      Object.entries(state.arms).map(([arm, known]) => [arm, { ...known, stratum: NO_REWARDS }]),
    ),
  };
}

/**
 * Ends the present stratum if it is large enough. Not while an arm cannot be read: the rewards that it earned meanwhile arrive
 * later, and must be compared with those of the others from the same time.
 */
export function closeIfDue(policy: BanditPolicy, state: BanditState, { tracks }: Observation): BanditState {
  const active = activeArms(policy, state);
  const rewards = active.reduce((sum, arm) => sum + (state.arms[arm]?.stratum.count ?? 0), 0);
  const isDue =
    rewards >= MIN_REWARDS_PER_ARM * active.length &&
    state.evaluatedAt - state.stratumFrom >= policy.updateEverySeconds / STRATA_PER_UPDATE &&
    active.every((arm) => tracks[arm] !== undefined);
  return isDue ? closeStratum(policy, state) : state;
}
