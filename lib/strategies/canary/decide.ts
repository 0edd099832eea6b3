import { formatElapsed } from "../../core/format";
import type { Decision, RolloutEvent } from "../decision";
import type { GateEvidence } from "../gates/evidence";
import type { Observation } from "../observation";
import { missingReplicas } from "../watch/capacity";
import { enterStage, evidenceOf, look, observe, whatIsLacking, type Harm } from "../watch/look";
import type { Pair } from "../watch/watch";
import { nextMoment } from "../moment";
import { OnInsufficientData, type CanaryPolicy, type CanaryStage } from "./policy";
import { initialState, type CanaryState } from "./state";
import { canaryWeight, weightsOf } from "./weights";

/** A state and what there is to say about it. */
interface Step {
  readonly state: CanaryState;
  readonly events: readonly RolloutEvent[];
}

/**
 * One look at a canary: takes what was observed into the state, and answers with the weights to have from now on. The
 * same state and observation always give the same answer; `undefined` is the state before the first look.
 */
export function decide(
  policy: CanaryPolicy,
  state: CanaryState | undefined,
  observation: Observation,
): Decision<CanaryState> {
  const before = state ?? initialState(observation.at);
  if (hasEnded(before)) return { state: before, weights: weightsOf(policy, before), events: [] };
  const step = stepFrom(policy, seen(policy, before, observation), observation);
  const opening = state === undefined ? [opened(policy, before)] : [];
  return { state: step.state, weights: weightsOf(policy, step.state), events: [...opening, ...step.events] };
}

const hasEnded = ({ phase }: CanaryState): boolean => phase === "promoted" || phase === "rolled-back";

function opened(policy: CanaryPolicy, { startedAt }: CanaryState): RolloutEvent {
  const weights = policy.stages.map(({ weight }) => `${weight}%`).join(", ");
  return { at: startedAt, kind: "started", message: `canary ${policy.canary} beside ${policy.stable}: ${weights}` };
}

/** What each gate says of a state. */
export function evidence(policy: CanaryPolicy, { watch }: CanaryState): readonly GateEvidence[] {
  return evidenceOf(policy, namesOf(policy), watch);
}

const namesOf = ({ canary, stable }: CanaryPolicy): Pair<string> => ({ trial: canary, baseline: stable });

/** A state with an observation in it, and the gate that found harm by it, if any did. */
interface Seen {
  readonly state: CanaryState;
  readonly harm?: Harm;
}

function seen(policy: CanaryPolicy, before: CanaryState, observation: Observation): Seen {
  const { at } = observation;
  const state = { ...before, lookedAt: nextMoment(before.lookedAt, at) };
  const names = namesOf(policy);
  // Before the first stage no user meets the canary, so there is nothing to judge.
  if (state.stage < 0) return { state: { ...state, watch: observe(policy, names, state.watch, observation) } };
  const { watch, harm } = look(policy, names, state.watch, observation);
  return { state: { ...state, watch }, ...(harm !== undefined && { harm }) };
}

function stepFrom(policy: CanaryPolicy, { state, harm }: Seen, observation: Observation): Step {
  // Also while paused: traffic still flows to the canary.
  if (harm !== undefined) return failGate(policy, state, harm);
  if (state.phase === "paused") return { state, events: [] };
  if (state.phase === "waiting") return rise(policy, state, observation, []);
  const stage = policy.stages[state.stage];
  if (stage === undefined || state.lookedAt - state.stageEnteredAt < stage.holdSeconds) return { state, events: [] };
  const judged = evidence(policy, state);
  const lacking = whatIsLacking(policy, state.watch, judged);
  if (lacking.length === 0) return rise(policy, state, observation, judged);
  if (state.lookedAt - state.holdStartedAt < stage.holdSeconds) return { state, events: [] };
  return wantSamples(policy, state, stage, lacking.join("; "));
}

function failGate(policy: CanaryPolicy, state: CanaryState, { gate, summary }: Harm): Step {
  const failed: RolloutEvent = { at: state.lookedAt, kind: "gate-failed", message: `${gate}: ${summary}` };
  const rolledBack = rollBack(policy, state, summary);
  return { state: rolledBack.state, events: [failed, ...rolledBack.events] };
}

/** Gives all traffic back to the stable track, for good. */
export function rollBack(policy: CanaryPolicy, state: CanaryState, why: string): Step {
  const elapsed = formatElapsed(state.lookedAt - state.startedAt);
  const message = `${why}: rolled back after ${elapsed} at ${canaryWeight(policy, state)}%`;
  return {
    state: { ...state, phase: "rolled-back", awaitsCapacity: false },
    events: [{ at: state.lookedAt, kind: "rolled-back", message }],
  };
}

/** To the next stage, if the canary has the replicas for it; from the last one to the end. */
function rise(
  policy: CanaryPolicy,
  state: CanaryState,
  observation: Observation,
  evidence: readonly GateEvidence[],
): Step {
  const at = state.lookedAt;
  const passed = evidence.map(({ summary }) => summary).join("; ");
  const stage = policy.stages[state.stage + 1];
  if (stage === undefined) return state.phase === "waiting" ? { state, events: [] } : promote(policy, state, passed);
  const missing = missingReplicas(policy.capacity, namesOf(policy), state.watch, observation, stage.weight);
  if (missing !== undefined) {
    const message = `${missing.ready} of ${missing.needed} replicas of ${policy.canary} are ready for ${stage.weight}%`;
    const events: RolloutEvent[] = state.awaitsCapacity ? [] : [{ at, kind: "waiting-for-capacity", message }];
    return { state: { ...state, awaitsCapacity: true }, events };
  }
  const message = `${stage.weight}% to ${policy.canary}${passed === "" ? "" : ` (${passed})`}`;
  return {
    state: {
      ...state,
      phase: "running",
      stage: state.stage + 1,
      stageEnteredAt: at,
      holdStartedAt: at,
      extensions: 0,
      awaitsCapacity: false,
      watch: enterStage(policy, state.watch, state.stage + 1, policy.stages.length),
    },
    events: [{ at, kind: "stage-entered", message }],
  };
}

function promote(policy: CanaryPolicy, state: CanaryState, passed: string): Step {
  const elapsed = formatElapsed(state.lookedAt - state.startedAt);
  const message = `${policy.canary} passed every stage after ${elapsed} and keeps ${canaryWeight(policy, state)}% (${passed})`;
  return {
    state: { ...state, phase: "promoted" },
    events: [{ at: state.lookedAt, kind: "promoted", message }],
  };
}

/** The time of a stage is over and its gates cannot tell yet. */
function wantSamples(policy: CanaryPolicy, state: CanaryState, stage: CanaryStage, lacking: string): Step {
  const at = state.lookedAt;
  if (policy.onInsufficientData === OnInsufficientData.Rollback) return rollBack(policy, state, lacking);
  if (policy.onInsufficientData === OnInsufficientData.Extend && state.extensions < policy.maxExtensions) {
    const extensions = state.extensions + 1;
    const message = `${stage.weight}% held on, ${extensions} of ${policy.maxExtensions}: ${lacking}`;
    return { state: { ...state, extensions, holdStartedAt: at }, events: [{ at, kind: "extended", message }] };
  }
  const message = `paused at ${stage.weight}%: ${lacking}`;
  return { state: { ...state, phase: "paused" }, events: [{ at, kind: "paused", message }] };
}
