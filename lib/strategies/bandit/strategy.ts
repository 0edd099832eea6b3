import { formatElapsed, formatPercent } from "../../core/format";
import { formatWeights } from "../decision";
import { defineStrategy } from "../define-strategy";
import { metricsOf } from "../gates/metrics-of";
import { describeUnready, isReady } from "../monitor/capacity";
import type { Observation } from "../observation";
import { after, enter, eventAt, stay, waitFor, type Step } from "../rollout-state";
import { allRewards, evaluateArms, evidence, evidenceOfArm, newArm, startGates, type FailedArm } from "./arms";
import { bestArm, FALSE_BEST_RATE, withScale } from "./best-arm";
import { describeAlgorithm, describeRewards } from "./describe";
import { activeArms, baselineOf, onlyArm, type BanditPolicy, type BanditState } from "./policy";
import { moveTowards, withoutArm } from "./split";
import { closeIfDue, closeStratum } from "./stratum";
import { newTarget } from "./target";

/** Several versions earn rewards, and those that earn more get more of the traffic. */
export const bandit = defineStrategy<BanditPolicy, BanditState>(
  {
    title: (baseline, candidates) => `bandit of ${baseline} and ${candidates}`,
    tracks: ({ arms }) => arms,
    requirements: ({ gates, reward }) => ({
      stickyUsers: false,
      metrics: metricsOf(gates, reward),
    }),
    declaredSeconds: ({ durationSeconds, updateEverySeconds, maxStep }) =>
      durationSeconds ?? updateEverySeconds * Math.ceil(100 / maxStep),
  },
  {
    outcomes: { completed: "completed", "rolled-back": "rolled-back" },
    initialState: (policy, common) => ({
      ...common,
      phase: "waiting",
      updatedAt: common.startedAt,
      decayedAt: common.startedAt,
      weights: onlyArm(policy, baselineOf(policy)),
      stratumFrom: common.startedAt,
      contrasts: [],
      arms: Object.fromEntries(policy.arms.map((arm) => [arm, newArm(common.startedAt)])),
    }),
    describeStart: ({ arms, reward, algorithm }) =>
      `bandit of ${arms.join(", ")} by ${reward.metric}, ${describeAlgorithm(algorithm)}`,
    split: (_policy, { weights }) => ({ weights }),
    observe(policy, before, observation) {
      const { state, failed } = evaluateArms(policy, before, observation);
      return failed.reduce<Step<BanditState>>(
        (step, arm) => after(step.events, removeArm(policy, step.state, arm)),
        stay(closeIfDue(policy, state, observation)),
      );
    },
    proceed,
    describePending,
    rollBack(policy, before, reason) {
      const message = `${reason}: all traffic back to ${baselineOf(policy)} after ${elapsedIn(before)}`;
      return endOnBaseline(policy, before, message);
    },
    evidence,
  },
);

const elapsedIn = ({ evaluatedAt, startedAt }: BanditState): string => formatElapsed(evaluatedAt - startedAt);

/** Removes an arm permanently; when only the baseline is left, the bandit ends. */
function removeArm(policy: BanditPolicy, judged: BanditState, { arm, gate, summary }: FailedArm): Step<BanditState> {
  const before = closeStratum(policy, judged);
  const weights = withoutArm(before.weights, arm, baselineOf(policy));
  const known = before.arms[arm];
  const arms = known === undefined ? before.arms : { ...before.arms, [arm]: { ...known, removed: true } };
  const state = { ...before, weights, arms };
  const active = activeArms(policy, state);
  const had = `${before.weights[arm] ?? 0}%`;
  const events = [
    eventAt(state, "gate-failed", `${arm}, ${gate}: ${summary}`),
    eventAt(state, "arm-removed", `${arm} is removed permanently with its ${had}: ${formatWeights(weights, active)}`),
  ];
  if (active.length > 1) return { state, events };
  const message = `only ${baselineOf(policy)} is left after ${elapsedIn(state)} and has all traffic again`;
  return after(events, endOnBaseline(policy, state, message));
}

function endOnBaseline(policy: BanditPolicy, before: BanditState, message: string): Step<BanditState> {
  const state = { ...enter(before, "rolled-back"), weights: onlyArm(policy, baselineOf(policy)) };
  return { state, events: [eventAt(state, "rolled-back", message)] };
}

function proceed(policy: BanditPolicy, state: BanditState, observation: Observation): Step<BanditState> {
  if (state.phase === "waiting") return warmUp(policy, state, observation);
  const { evaluatedAt, startedAt, updatedAt } = state;
  if (evaluatedAt - startedAt >= (policy.durationSeconds ?? Infinity)) return complete(policy, state);
  if (state.phase === "warming-up") return isWarm(policy, state) ? run(policy, state, observation) : stay(state);
  return evaluatedAt - updatedAt >= policy.updateEverySeconds ? updateSplit(policy, state, observation) : stay(state);
}

/** Starts the warm-up once every arm has the replicas to serve it. */
function warmUp(policy: BanditPolicy, before: BanditState, observation: Observation): Step<BanditState> {
  const unready = describeUnready(policy.arms, policy.minReadyReplicas, observation);
  if (unready !== undefined) return waitFor(before, "capacity", "waiting-for-capacity", unready);
  const opened = closeStratum(policy, enter(before, "warming-up"));
  const state: BanditState = {
    ...opened,
    updatedAt: before.evaluatedAt,
    weights: policy.warmUp,
    arms: startGates(policy, opened.arms),
  };
  const split = formatWeights(policy.warmUp, policy.arms);
  const message = `warm-up at ${split} until each arm has ${policy.minimumRewards} rewards`;
  return { state, events: [eventAt(state, "stage-entered", message)] };
}

function complete(policy: BanditPolicy, before: BanditState): Step<BanditState> {
  const state = enter(before, "completed");
  const split = formatWeights(state.weights, activeArms(policy, state));
  const message = `after ${elapsedIn(state)} the split stays at ${split} (${describeRewards(policy, state)})`;
  return { state, events: [eventAt(state, "completed", message)] };
}

/** Whether every arm has the rewards that the warm-up is for. */
function isWarm(policy: BanditPolicy, state: BanditState): boolean {
  return activeArms(policy, state).every((arm) => {
    const known = state.arms[arm];
    return known !== undefined && allRewards(policy, known).count >= policy.minimumRewards;
  });
}

function run(policy: BanditPolicy, before: BanditState, observation: Observation): Step<BanditState> {
  const state = withScale(policy, enter(before, "running"));
  const message = `warm-up complete, from now on the split follows the rewards (${describeRewards(policy, state)})`;
  return after([eventAt(state, "stage-entered", message)], updateSplit(policy, state, observation));
}

/** Moves the split towards the arms with the better rewards. */
function updateSplit(policy: BanditPolicy, before: BanditState, observation: Observation): Step<BanditState> {
  const arms = activeArms(policy, before);
  const target = newTarget(policy, before, arms, rewardsPerUpdate(policy, before));
  const held = new Set(arms.filter((arm) => !canRise(policy, before, arm, observation)));
  const weights = target === undefined ? before.weights : moveTowards(before.weights, target, policy, held);
  const hasMoved = arms.some((arm) => weights[arm] !== before.weights[arm]);
  const state = { ...(hasMoved ? closeStratum(policy, before) : before), weights, updatedAt: before.evaluatedAt };
  const message = `${formatWeights(weights, arms)} (${describeRewards(policy, state)})`;
  const events = hasMoved ? [eventAt(state, "weights-changed", message)] : [];
  return after(events, nameLeader(policy, state));
}

/** Traffic does not rise on an arm without the replicas for it, or while one of its gates does not pass. */
function canRise(policy: BanditPolicy, state: BanditState, arm: string, observation: Observation): boolean {
  const hasReplicas = isReady(arm, policy.minReadyReplicas, observation);
  return hasReplicas && evidenceOfArm(policy, state, arm).every(({ verdict }) => verdict === "pass");
}

/** About how many rewards arrive between two updates. */
function rewardsPerUpdate(policy: BanditPolicy, state: BanditState): number {
  const count = Object.values(state.arms).reduce((sum, arm) => sum + allRewards(policy, arm).count, 0);
  const elapsed = state.evaluatedAt - state.startedAt;
  return elapsed > 0 ? Math.min(count, (count * policy.updateEverySeconds) / elapsed) : count;
}

/** Says so when one arm has turned out to be the best, and it is another than before. */
function nameLeader(policy: BanditPolicy, before: BanditState): Step<BanditState> {
  const leader = bestArm(policy, before);
  if (leader === undefined || leader === before.leader) return stay(before);
  const confidence = formatPercent(1 - FALSE_BEST_RATE);
  const message = `${leader} is the best arm, with a confidence of ${confidence} at all evaluations together (${describeRewards(policy, before)})`;
  return { state: { ...before, leader }, events: [eventAt(before, "verdict", message)] };
}

function describePending(policy: BanditPolicy, state: BanditState, observation: Observation): readonly string[] {
  if (state.phase === "waiting") {
    const unready = describeUnready(policy.arms, policy.minReadyReplicas, observation);
    return unready === undefined ? [] : [unready];
  }
  if (state.phase !== "warming-up") return [];
  return activeArms(policy, state).flatMap((arm) => {
    const { count } = allRewards(policy, state.arms[arm] ?? {});
    return count < policy.minimumRewards ? [`${arm}: ${Math.floor(count)} of ${policy.minimumRewards} rewards`] : [];
  });
}
