import { formatElapsed, formatShare } from "../../core/format";
import type { Decision, RolloutEvent } from "../decision";
import type { Observation } from "../observation";
import { isReady, whoIsUnready } from "../watch/capacity";
import { chancesOfBest, sharesFor } from "./algorithms";
import { allRewards, evidenceOfArm, takeIn, watchArms, type HarmedArm } from "./arms";
import { beliefsOf } from "./estimates";
import type { BanditPolicy } from "./policy";
import { activeArms, baselineOf, initialState, type BanditState } from "./state";
import { moveTowards, withoutArm } from "./split";
import { ALGORITHM_WORDS, rewardWords, splitWords } from "./words";

/** A state and what there is to say about it. */
interface Step {
  readonly state: BanditState;
  readonly events: readonly RolloutEvent[];
}

/** Probability from which an arm is called the best. */
const sureFrom = 0.95;

/**
 * One look at a bandit: takes what was observed into the state, removes arms that break a gate, and moves the split where
 * it is time to. Nothing in it is drawn at random: the same state and observation always give the same answer.
 */
export function decide(
  policy: BanditPolicy,
  state: BanditState | undefined,
  observation: Observation,
): Decision<BanditState> {
  const before = state ?? initialState(policy, observation.at);
  if (hasEnded(before)) return { state: before, weights: before.weights, events: [] };
  const opening = state === undefined ? [opened(policy, before)] : [];
  const step = stepFrom(policy, before, observation);
  return { state: step.state, weights: step.state.weights, events: [...opening, ...step.events] };
}

const hasEnded = ({ phase }: BanditState): boolean => phase === "completed" || phase === "rolled-back";

function opened(policy: BanditPolicy, { startedAt }: BanditState): RolloutEvent {
  const message = `bandit of ${policy.arms.join(", ")} by ${policy.reward.metric}, ${ALGORITHM_WORDS[policy.algorithm]}`;
  return { at: startedAt, kind: "started", message };
}

function stepFrom(policy: BanditPolicy, before: BanditState, observation: Observation): Step {
  const seen = takeIn(policy, before, observation);
  if (before.phase === "waiting") return begin(policy, seen.state, observation);
  const kept = seen.harmed.reduce<Step>((step, harmed) => following(step, (state) => remove(policy, state, harmed)), {
    state: seen.state,
    events: [],
  });
  return following(kept, (state) => goOn(policy, state, observation));
}

/** What comes after a step, unless it was the last. */
function following({ state, events }: Step, next: (state: BanditState) => Step): Step {
  if (hasEnded(state)) return { state, events };
  const step = next(state);
  return { state: step.state, events: [...events, ...step.events] };
}

/** The warm-up, once every arm has replicas to serve it. */
function begin(policy: BanditPolicy, state: BanditState, observation: Observation): Step {
  const at = state.lookedAt;
  const unready = whoIsUnready(policy.arms, policy.minReadyReplicas, observation);
  if (unready !== undefined) {
    const events: RolloutEvent[] = state.awaitsCapacity ? [] : [{ at, kind: "waiting-for-capacity", message: unready }];
    return { state: { ...state, awaitsCapacity: true }, events };
  }
  const weights = policy.warmUp;
  const message = `warm-up at ${splitWords(weights, policy.arms)} until each has ${policy.minimumRewards} rewards`;
  return {
    state: {
      ...state,
      phase: "warming-up",
      updatedAt: at,
      weights,
      arms: watchArms(policy, state.arms),
      awaitsCapacity: false,
    },
    events: [{ at, kind: "stage-entered", message }],
  };
}

/** Takes an arm out for good; when only the baseline is left, that is the end. */
function remove(policy: BanditPolicy, before: BanditState, { arm, gate, summary }: HarmedArm): Step {
  const at = before.lookedAt;
  const had = before.weights[arm] ?? 0;
  const weights = withoutArm(before.weights, arm, baselineOf(policy));
  const known = before.arms[arm];
  const arms = known === undefined ? before.arms : { ...before.arms, [arm]: { ...known, removed: true } };
  const state = { ...before, weights, arms };
  const left = activeArms(policy, state);
  const events: RolloutEvent[] = [
    { at, kind: "gate-failed", message: `${arm}, ${gate}: ${summary}` },
    { at, kind: "arm-removed", message: `${arm} loses its ${had}% for good: ${splitWords(weights, left)}` },
  ];
  if (left.length > 1) return { state, events };
  const elapsed = formatElapsed(at - before.startedAt);
  const message = `only ${baselineOf(policy)} is left after ${elapsed}; it has all traffic again`;
  return { state: { ...state, phase: "rolled-back" }, events: [...events, { at, kind: "rolled-back", message }] };
}

function goOn(policy: BanditPolicy, state: BanditState, observation: Observation): Step {
  const { phase, lookedAt, startedAt, updatedAt } = state;
  if (lookedAt - startedAt >= (policy.durationSeconds ?? Infinity)) return complete(policy, state);
  if (phase === "warming-up") return isWarm(policy, state) ? following(run(policy, state), update) : stay(state);
  return lookedAt - updatedAt >= policy.updateEverySeconds ? update(state) : stay(state);

  function update(now: BanditState): Step {
    return move(policy, now, observation);
  }
}

const stay = (state: BanditState): Step => ({ state, events: [] });

function complete(policy: BanditPolicy, state: BanditState): Step {
  const elapsed = formatElapsed(state.lookedAt - state.startedAt);
  const split = splitWords(state.weights, activeArms(policy, state));
  const message = `after ${elapsed} the split stays at ${split} (${rewardWords(policy, state)})`;
  return {
    state: { ...state, phase: "completed" },
    events: [{ at: state.lookedAt, kind: "completed", message }],
  };
}

/** Whether every arm has the rewards that the warm-up was for. */
function isWarm(policy: BanditPolicy, state: BanditState): boolean {
  return activeArms(policy, state).every((arm) => {
    const known = state.arms[arm];
    return known !== undefined && allRewards(policy, known).count >= policy.minimumRewards;
  });
}

function run(policy: BanditPolicy, state: BanditState): Step {
  const message = `the warm-up is over, from now on the split follows the rewards (${rewardWords(policy, state)})`;
  return {
    state: { ...state, phase: "running" },
    events: [{ at: state.lookedAt, kind: "stage-entered", message }],
  };
}

/** Moves the split to where the rewards are. */
function move(policy: BanditPolicy, before: BanditState, observation: Observation): Step {
  const at = before.lookedAt;
  const arms = activeArms(policy, before);
  const beliefs = beliefsOf(policy, before, arms);
  const wanted = sharesFor(policy, beliefs, rewardsPerUpdate(policy, before));
  const shares = new Map(arms.map((arm, i) => [arm, wanted[i] ?? 0]));
  const held = new Set(arms.filter((arm) => mayNotRise(policy, before, arm, observation)));
  const weights = moveTowards(before.weights, shares, policy, held);
  const state = { ...before, weights, updatedAt: at };
  const moved = arms.some((arm) => weights[arm] !== before.weights[arm]);
  const message = `${splitWords(weights, arms)} (${rewardWords(policy, state)})`;
  const events: RolloutEvent[] = moved ? [{ at, kind: "weights-changed", message }] : [];
  return following({ state, events }, (now) => withLeader(policy, now, arms, chancesOfBest(beliefs)));
}

/** Traffic does not rise on an arm without the replicas for it, or while one of its gates does not pass. */
function mayNotRise(policy: BanditPolicy, state: BanditState, arm: string, observation: Observation): boolean {
  if (!isReady(arm, policy.minReadyReplicas, observation)) return true;
  return evidenceOfArm(policy, state, arm).some(({ verdict }) => verdict !== "pass");
}

/** About how many rewards come between two moves. */
function rewardsPerUpdate(policy: BanditPolicy, state: BanditState): number {
  const came = Object.values(state.arms).reduce((sum, arm) => sum + allRewards(policy, arm).count, 0);
  const elapsed = state.lookedAt - state.startedAt;
  return elapsed > 0 ? Math.min(came, (came * policy.updateEverySeconds) / elapsed) : came;
}

/** Says so when an arm has turned out to be the best one, or another than before. */
function withLeader(
  policy: BanditPolicy,
  state: BanditState,
  arms: readonly string[],
  chances: readonly number[],
): Step {
  const best = Math.max(...chances);
  const leader = arms[chances.indexOf(best)];
  if (leader === undefined || leader === state.leader || best < sureFrom) return stay(state);
  const probability = best < 0.999 ? formatShare(best) : "over 99.9%";
  const message = `${leader} is the best arm with a probability of ${probability} (${rewardWords(policy, state)})`;
  return { state: { ...state, leader }, events: [{ at: state.lookedAt, kind: "verdict", message }] };
}
