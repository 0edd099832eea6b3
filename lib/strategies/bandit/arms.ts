import type { GateEvidence } from "../gates/evidence";
import type { MetricSums, Observation } from "../observation";
import { absorb, noTotals, since } from "../tally";
import { enterStage, evidenceOf, look, observe, type Harm } from "../watch/look";
import type { Pair } from "../watch/watch";
import { nextMoment } from "../moment";
import type { BanditPolicy } from "./policy";
import { aged } from "./rewards";
import { activeArms, baselineOf, noRewards, type ArmState, type BanditState } from "./state";

/** An arm that a gate found harm in. */
export interface HarmedArm extends Harm {
  readonly arm: string;
}

/** A state with an observation in it, and the arms that gates found harm in by it. */
export interface Seen {
  readonly state: BanditState;
  readonly harmed: readonly HarmedArm[];
}

/** Takes an observation into the state. */
export function takeIn(policy: BanditPolicy, before: BanditState, observation: Observation): Seen {
  const { at } = observation;
  const lookedAt = nextMoment(before.lookedAt, at);
  const elapsed = lookedAt - before.lookedAt;
  const arms: Record<string, ArmState> = { ...before.arms };
  const harmed: HarmedArm[] = [];
  for (const arm of activeArms(policy, before)) {
    const state = before.arms[arm];
    if (state === undefined) continue;
    arms[arm] = withRewards(policy, state, arm, observation, elapsed);
    if (arm === baselineOf(policy)) continue;
    // Before the warm-up no user meets an arm, so there is nothing to judge.
    const see = before.phase === "waiting" ? onlyObserve : look;
    const { watch, harm } = see(policy, pairOf(policy, arm), state.watch, observation);
    arms[arm] = { ...arms[arm], watch };
    if (harm !== undefined) harmed.push({ arm, ...harm });
  }
  return { state: { ...before, lookedAt, arms }, harmed };
}

const onlyObserve: typeof look = (...seen) => ({ watch: observe(...seen) });

function withRewards(
  { reward, halfLifeSeconds }: BanditPolicy,
  state: ArmState,
  arm: string,
  { tracks }: Observation,
  elapsed: number,
): ArmState {
  const reading = tracks[arm];
  const before = state.tally?.totals ?? noTotals;
  const tally = reading === undefined ? state.tally : absorb(state.tally, reading, [reward.metric]);
  const came = since(before, tally?.totals ?? noTotals).metrics[reward.metric] ?? noRewards;
  return {
    ...state,
    ...(tally !== undefined && { tally }),
    rewards: aged(state.rewards, came, elapsed, halfLifeSeconds),
  };
}

/** All rewards that an arm ever got, however old. */
export function allRewards({ reward }: BanditPolicy, { tally }: Pick<ArmState, "tally">): MetricSums {
  return tally?.totals.metrics[reward.metric] ?? noRewards;
}

/** Users meet the arms from now on: what their gates judge begins here, and has no stages, because the split keeps moving. */
export function watchArms(policy: BanditPolicy, arms: BanditState["arms"]): BanditState["arms"] {
  return Object.fromEntries(
    Object.entries(arms).map(([arm, state]) => [
      arm,
      arm === baselineOf(policy) ? state : { ...state, watch: enterStage(policy, state.watch, 0, 1) },
    ]),
  );
}

/** What each gate says of each arm that is compared with the baseline; of a removed one, what it said last. */
export function evidence(policy: BanditPolicy, state: BanditState): readonly GateEvidence[] {
  return policy.arms.flatMap((arm) =>
    evidenceOfArm(policy, state, arm).map((each) => ({ ...each, gate: `${arm} ${each.gate}` })),
  );
}

/** What each gate says of one arm; the baseline has none, because it is what the others are compared with. */
export function evidenceOfArm(policy: BanditPolicy, { arms }: BanditState, arm: string): readonly GateEvidence[] {
  const state = arms[arm];
  if (state === undefined || arm === baselineOf(policy)) return [];
  return evidenceOf(policy, pairOf(policy, arm), state.watch);
}

const pairOf = (policy: BanditPolicy, arm: string): Pair<string> => ({ trial: arm, baseline: baselineOf(policy) });
