import { formatElapsed } from "../../core/format";
import { defineStrategy } from "../define-strategy";
import { metricsOf } from "../gates/metrics-of";
import {
  endHold,
  enterHeldPhase,
  excludeGapFromHold,
  extendHold,
  extensionsOnFasterClock,
  resumeHold,
  waitForData,
} from "../hold-time";
import { describeMissingData } from "../missing-data";
import { describeMissingReplicas } from "../monitor/capacity";
import { describeMissing, enterStage, evidenceOf } from "../monitor/evaluate";
import type { Observation } from "../observation";
import type { Pair } from "../pair";
import { newCandidateState } from "../candidate-state";
import { holdWhileUnwell, judgeCandidate, observeCandidate } from "../single-candidate";
import { enter, eventAt, stay, waitFor, type Step } from "../rollout-state";
import { OnInsufficientData, type CanaryPolicy, type CanaryStage, type CanaryState } from "./policy";

/** A new version serves a small share of the requests first, and more as it passes its gates. */
export const canary = defineStrategy<CanaryPolicy, CanaryState>(
  {
    title: (baseline, candidates) => `canary of ${candidates} against ${baseline}`,
    tracks: (policy) => [policy.stable, policy.canary],
    requirements: ({ gates }) => ({ stickyUsers: false, metrics: metricsOf(gates) }),
    stageCount: ({ stages }) => stages.length,
    declaredSeconds: ({ stages }) => stages.reduce((sum, { holdSeconds }) => sum + holdSeconds, 0),
    onFasterClock,
  },
  {
    outcomes: { promoted: "promoted", "rolled-back": "rolled-back" },
    initialState: (_policy, common) => ({
      ...newCandidateState(common),
      phase: "waiting",
      stage: -1,
    }),
    describeStart,
    split(policy, state) {
      const weight = weightOf(policy, state);
      return { weights: { [policy.stable]: 100 - weight, [policy.canary]: weight } };
    },
    observe(policy, state, observation) {
      const names = namesOf(policy);
      if (state.phase === "waiting") return observeCandidate(policy, names, state, observation);
      return judgeCandidate(policy, names, state, observation, {
        rollBack: (now, reason) => rollBack(policy, now, reason),
      });
    },
    proceed,
    describePending,
    rollBack,
    excludeGap: excludeGapFromHold,
    resumed: resumeHold,
    evidence: (policy, { monitor }) => evidenceOf(policy, namesOf(policy), monitor),
  },
);

/**
 * On a faster clock a stage may be extended until it has collected the samples that it would have collected in its own
 * time: the gates must not run out of samples because the clock is fast.
 */
function onFasterClock(policy: CanaryPolicy, speed: number): CanaryPolicy {
  const extensions = policy.onInsufficientData === OnInsufficientData.Extend ? policy.maxExtensions : 0;
  return {
    ...policy,
    onInsufficientData: OnInsufficientData.Extend,
    maxExtensions: extensionsOnFasterClock(extensions, speed),
  };
}

const namesOf = ({ canary, stable }: CanaryPolicy): Pair<string> => ({ candidate: canary, baseline: stable });

/** The canary's weight in whole percent: none before the first stage and after a rollback. */
function weightOf(policy: CanaryPolicy, { phase, stage }: CanaryState): number {
  if (phase === "waiting" || phase === "rolled-back") return 0;
  const weight = policy.stages[stage]?.weight ?? 0;
  return phase === "promoted" ? weightAfter(policy, weight) : weight;
}

/** The weight of a promoted canary whose last stage had a weight. */
const weightAfter = ({ promotedWeight }: CanaryPolicy, last: number): number => promotedWeight ?? last;

function describeStart({ canary, stable, stages, promotedWeight }: CanaryPolicy): string {
  const weights = stages.map(({ weight }) => `${weight}%`).join(", ");
  const promotion = promotedWeight === undefined ? "" : `, then promoted to ${promotedWeight}%`;
  return `canary ${canary} against ${stable}: ${weights}${promotion}`;
}

function proceed(policy: CanaryPolicy, state: CanaryState, observation: Observation): Step<CanaryState> {
  if (state.phase === "waiting") return begin(policy, state, observation);
  return holdWhileUnwell(policy, state) ?? leaveStage(policy, state, observation);
}

/** Enters the first stage, once the canary can be read and has the replicas. */
function begin(policy: CanaryPolicy, state: CanaryState, observation: Observation): Step<CanaryState> {
  const holdSeconds = policy.stages[0]?.holdSeconds ?? 0;
  return waitForData(policy, namesOf(policy), state, holdSeconds) ?? enterNextStage(policy, state, observation, "");
}

/** Leaves a stage when its time is over and every gate passes. */
function leaveStage(policy: CanaryPolicy, state: CanaryState, observation: Observation): Step<CanaryState> {
  const stage = policy.stages[state.stage];
  if (stage === undefined) return stay(state);
  return endHold(policy, namesOf(policy), state, observation, {
    seconds: stage.holdSeconds,
    proceed: (passed) => enterNextStage(policy, state, observation, passed),
    lack: (missing) => handleInsufficientData(policy, state, stage, missing),
  });
}

/** Enters the next stage, or promotes after the last one, if the canary has the replicas for its next weight. */
function enterNextStage(
  policy: CanaryPolicy,
  before: CanaryState,
  observation: Observation,
  passed: string,
): Step<CanaryState> {
  const missing = missingReplicas(policy, before, observation);
  if (missing !== undefined) return waitFor(before, "capacity", "waiting-for-capacity", missing);
  const next = before.stage + 1;
  const stage = policy.stages[next];
  if (stage === undefined) return before.phase === "waiting" ? stay(before) : promote(policy, before, passed);
  const state: CanaryState = {
    ...enterHeldPhase(before, "running"),
    stage: next,
    monitor: enterStage(policy, before.monitor, {
      stage: next,
      stages: policy.stages.length,
      hasControl: stage.weight < 100,
    }),
  };
  const message = `${stage.weight}% to ${policy.canary}${passed === "" ? "" : ` (${passed})`}`;
  return { state, events: [eventAt(state, "stage-entered", message)] };
}

/** Which replicas the canary still needs for its next weight; undefined where it has them, or where its weight stays. */
function missingReplicas(policy: CanaryPolicy, state: CanaryState, observation: Observation): string | undefined {
  const weight = weightOf(policy, state);
  const next = policy.stages[state.stage + 1]?.weight ?? weightAfter(policy, weight);
  if (next <= weight) return undefined;
  return describeMissingReplicas(policy.capacity, namesOf(policy), state.monitor, observation, next);
}

function promote(policy: CanaryPolicy, before: CanaryState, passed: string): Step<CanaryState> {
  const state = enter(before, "promoted");
  const elapsed = formatElapsed(state.evaluatedAt - state.startedAt);
  const weight = weightOf(policy, state);
  const verb = weight === weightOf(policy, before) ? "keeps" : "gets";
  const message = `${policy.canary} passed every stage in ${elapsed} and ${verb} ${weight}% (${passed})`;
  return { state, events: [eventAt(state, "promoted", message)] };
}

/** The time of a stage is over, but its gates have no verdict yet. */
function handleInsufficientData(
  policy: CanaryPolicy,
  state: CanaryState,
  stage: CanaryStage,
  missing: string,
): Step<CanaryState> {
  if (policy.onInsufficientData === OnInsufficientData.Rollback) return rollBack(policy, state, missing);
  const maxExtensions = policy.onInsufficientData === OnInsufficientData.Pause ? 0 : policy.maxExtensions;
  return extendHold({ ...policy, maxExtensions }, namesOf(policy), state, `holding ${stage.weight}%`, missing);
}

function describePending(policy: CanaryPolicy, state: CanaryState, observation: Observation): readonly string[] {
  const evidence = evidenceOf(policy, namesOf(policy), state.monitor);
  const missing = state.phase === "waiting" ? [] : describeMissing(policy, state.monitor, evidence);
  const replicas = missingReplicas(policy, state, observation);
  const data = describeMissingData(policy, namesOf(policy), state);
  return [...data, ...missing, ...(replicas === undefined ? [] : [replicas])];
}

function rollBack(policy: CanaryPolicy, before: CanaryState, reason: string): Step<CanaryState> {
  const state = enter(before, "rolled-back");
  const elapsed = formatElapsed(state.evaluatedAt - state.startedAt);
  const message = `${reason}: rolled back after ${elapsed} at ${weightOf(policy, before)}%`;
  return { state, events: [eventAt(state, "rolled-back", message)] };
}
