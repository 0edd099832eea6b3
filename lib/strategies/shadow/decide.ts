import { formatElapsed } from "../../core/format";
import type { Decision, RolloutEvent, Split } from "../decision";
import type { GateEvidence } from "../gates/evidence";
import type { Observation } from "../observation";
import { missingReplicas } from "../watch/capacity";
import { enterStage, evidenceOf, look, observe, whatIsLacking } from "../watch/look";
import type { Pair } from "../watch/watch";
import { nextMoment } from "../moment";
import type { ShadowPolicy } from "./policy";
import { initialState, type ShadowState } from "./state";

/** A state and what there is to say about it. */
interface Step {
  readonly state: ShadowState;
  readonly events: readonly RolloutEvent[];
}

/**
 * One look at a shadow. Users are with the live track whatever happens; what is decided is whether their requests are
 * copied. The same state and observation always give the same answer.
 */
export function decide(
  policy: ShadowPolicy,
  state: ShadowState | undefined,
  observation: Observation,
): Decision<ShadowState> {
  const before = state ?? initialState(observation.at);
  const step = hasEnded(before)
    ? { state: before, events: [] }
    : stepFrom(policy, atLook(before, observation), observation);
  const started = state === undefined ? [opened(policy, before)] : [];
  return { state: step.state, ...splitOf(policy, step.state), events: [...started, ...step.events] };
}

/** What each gate says of the shadow. */
export function evidence(policy: ShadowPolicy, { watch }: ShadowState): readonly GateEvidence[] {
  return evidenceOf(policy, namesOf(policy), watch);
}

/** The split that a state stands for: all users on the live track, and the share of requests that are copied. */
export function splitOf({ live, shadow, percent }: ShadowPolicy, { phase }: ShadowState): Split {
  const copied = phase === "mirroring" || phase === "passed" ? percent : 0;
  return { weights: { [live]: 100, [shadow]: 0 }, mirrors: { [shadow]: copied } };
}

const hasEnded = ({ phase }: ShadowState): boolean => phase === "passed" || phase === "failed";

const namesOf = ({ live, shadow }: ShadowPolicy): Pair<string> => ({ trial: shadow, baseline: live });

function atLook(state: ShadowState, { at }: Observation): ShadowState {
  return { ...state, lookedAt: nextMoment(state.lookedAt, at) };
}

function opened({ live, shadow, percent }: ShadowPolicy, { startedAt }: ShadowState): RolloutEvent {
  return { at: startedAt, kind: "started", message: `${shadow} will get copies of ${percent}% of ${live}'s requests` };
}

function stepFrom(policy: ShadowPolicy, state: ShadowState, observation: Observation): Step {
  return state.phase === "waiting" ? prepare(policy, state, observation) : mirror(policy, state, observation);
}

/** A shadow that is too small would be judged by its own overload. */
function prepare(policy: ShadowPolicy, before: ShadowState, observation: Observation): Step {
  const names = namesOf(policy);
  const state = { ...before, watch: observe(policy, names, before.watch, observation) };
  const at = state.lookedAt;
  const missing = missingReplicas(policy.capacity, names, state.watch, observation, policy.percent);
  if (missing !== undefined) {
    const message = `${missing.ready} of ${missing.needed} replicas of ${policy.shadow} are ready for ${policy.percent}%`;
    return wait(state, { at, kind: "waiting-for-capacity", message });
  }
  const message = `copies of ${policy.percent}% of the requests to ${policy.shadow}`;
  return {
    state: {
      ...state,
      phase: "mirroring",
      mirroredFrom: at,
      saidWaiting: false,
      watch: enterStage(policy, state.watch, 0, 1),
    },
    events: [{ at, kind: "stage-entered", message }],
  };
}

function mirror(policy: ShadowPolicy, before: ShadowState, observation: Observation): Step {
  const seen = look(policy, namesOf(policy), before.watch, observation);
  const state = { ...before, watch: seen.watch };
  const at = state.lookedAt;
  if (seen.harm !== undefined) return stop(policy, state, seen.harm.gate, seen.harm.summary);
  if (at - state.mirroredFrom < policy.durationSeconds) return { state, events: [] };
  const judged = evidence(policy, state);
  const lacking = whatIsLacking(policy, state.watch, judged);
  if (lacking.length > 0) return wait(state, { at, kind: "extended", message: `mirrored on: ${lacking.join("; ")}` });
  const figures = judged.map(({ summary }) => summary).join("; ");
  const message = `${policy.shadow} did as well as ${policy.live} for ${formatElapsed(at - state.mirroredFrom)} (${figures})`;
  return { state: { ...state, phase: "passed" }, events: [{ at, kind: "completed", message }] };
}

/** Says once what it waits for. */
function wait(state: ShadowState, event: RolloutEvent): Step {
  return { state: { ...state, saidWaiting: true }, events: state.saidWaiting ? [] : [event] };
}

function stop(policy: ShadowPolicy, state: ShadowState, gate: string, why: string): Step {
  const at = state.lookedAt;
  return {
    state: { ...state, phase: "failed" },
    events: [
      { at, kind: "gate-failed", message: `${gate}: ${why}` },
      { at, kind: "rolled-back", message: `${why}: ${policy.shadow} gets no more copies; no user met it` },
    ],
  };
}
