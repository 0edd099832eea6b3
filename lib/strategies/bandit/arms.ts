import type { GateEvidence } from "../gates/evidence";
import { enterStage, evaluate, evidenceOf, type Regression } from "../monitor/evaluate";
import { observe } from "../monitor/observe";
import { NEW_MONITOR } from "../monitor/gate-monitor";
import type { MetricSums, Observation } from "../observation";
import type { Pair } from "../pair";
import { accumulate, NO_TOTALS, since } from "../tally";
import { activeArms, baselineOf, type ArmState, type BanditPolicy, type BanditState } from "./policy";
import { decay, NO_REWARDS } from "./rewards";

/** An arm that has failed a gate. */
export interface FailedArm extends Regression {
  readonly arm: string;
}

/** The state after an observation, and the arms that have failed a gate. */
interface ArmsEvaluation {
  readonly state: BanditState;
  readonly failed: readonly FailedArm[];
}

/** An arm before the first observation. */
export const newArm = (at: number): ArmState => ({
  removed: false,
  rewards: NO_REWARDS,
  stratum: NO_REWARDS,
  readAt: at,
  monitor: NEW_MONITOR,
});

/** Adds an observation to every active arm and evaluates the gates. */
export function evaluateArms(policy: BanditPolicy, before: BanditState, observation: Observation): ArmsEvaluation {
  const arms: Record<string, ArmState> = { ...before.arms };
  const failed: FailedArm[] = [];
  for (const arm of activeArms(policy, before)) {
    const known = before.arms[arm];
    if (known === undefined) continue;
    const state = withRewards(policy, before, known, observation.tracks[arm]);
    arms[arm] = state;
    if (arm === baselineOf(policy)) continue;
    // Before the warm-up an arm serves no users, so there is nothing to judge.
    const update = before.phase === "waiting" ? observeOnly : evaluate;
    const { monitor, regression } = update(policy, pairOf(policy, arm), known.monitor, observation);
    arms[arm] = { ...state, monitor };
    if (regression !== undefined) failed.push({ arm, ...regression });
  }
  return { state: { ...before, decayedAt: before.evaluatedAt, arms }, failed };
}

const observeOnly: typeof evaluate = (...args) => ({ monitor: observe(...args).monitor });

function withRewards(
  { reward, halfLifeSeconds }: BanditPolicy,
  { evaluatedAt, decayedAt, stratumFrom }: BanditState,
  state: ArmState,
  reading: Observation["tracks"][string] | undefined,
): ArmState {
  const before = state.tally?.totals ?? NO_TOTALS;
  const tally = reading === undefined ? state.tally : accumulate(state.tally, reading, [reward]);
  const added = since(before, tally?.totals ?? NO_TOTALS).metrics[reward.metric] ?? NO_REWARDS;
  // Rewards since a reading before the stratum began may be from before it.
  const isOfStratum = state.readAt >= stratumFrom;
  return {
    ...state,
    ...(tally !== undefined && { tally }),
    rewards: decay(state.rewards, added, evaluatedAt - decayedAt, halfLifeSeconds),
    stratum: isOfStratum ? decay(state.stratum, added, 0, undefined) : state.stratum,
    readAt: reading === undefined ? state.readAt : evaluatedAt,
  };
}

/** All rewards of an arm so far, without decay. */
export function allRewards({ reward }: BanditPolicy, { tally }: Pick<ArmState, "tally">): MetricSums {
  return tally?.totals.metrics[reward.metric] ?? NO_REWARDS;
}

/** The gates from the warm-up on. They have a single stage, because the split keeps moving. */
export function startGates(policy: BanditPolicy, arms: BanditState["arms"]): BanditState["arms"] {
  return Object.fromEntries(
    Object.entries(arms).map(([arm, state]) => [
      arm,
      arm === baselineOf(policy)
        ? state
        : { ...state, monitor: enterStage(policy, state.monitor, { stage: 0, stages: 1, hasControl: true }) },
    ]),
  );
}

/** The state of the gates of each arm that is compared with the baseline; of a removed arm, its last one. */
export function evidence(policy: BanditPolicy, state: BanditState): readonly GateEvidence[] {
  return policy.arms.flatMap((arm) =>
    evidenceOfArm(policy, state, arm).map((each) => ({ ...each, gate: `${arm} ${each.gate}` })),
  );
}

/** The state of the gates of one arm; the baseline has none, because it is what the others are compared with. */
export function evidenceOfArm(policy: BanditPolicy, { arms }: BanditState, arm: string): readonly GateEvidence[] {
  const state = arms[arm];
  if (state === undefined || arm === baselineOf(policy)) return [];
  return evidenceOf(policy, pairOf(policy, arm), state.monitor);
}

const pairOf = (policy: BanditPolicy, arm: string): Pair<string> => ({
  candidate: arm,
  baseline: baselineOf(policy),
});
