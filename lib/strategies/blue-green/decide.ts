import { formatElapsed } from "../../core/format";
import type { Decision, RolloutEvent, Weights } from "../decision";
import type { GateEvidence } from "../gates/evidence";
import type { Observation } from "../observation";
import { missingReplicas } from "../watch/capacity";
import { enterStage, evidenceOf, look, observe, whatIsLacking } from "../watch/look";
import type { Pair } from "../watch/watch";
import { nextMoment } from "../moment";
import type { BlueGreenPolicy } from "./policy";
import { judgeSmokeTest } from "./smoke-test";
import { initialState, type BlueGreenPhase, type BlueGreenState } from "./state";

/** Phases of the watch after the switch, each a stage of its own. */
const WATCHED = ["watching", "standby"] as const;

/** A state and what there is to say about it. */
interface Step {
  readonly state: BlueGreenState;
  readonly events: readonly RolloutEvent[];
}

/**
 * One look at a switch: takes what was observed into the state, and answers with the split. All traffic is on one colour
 * at any time. The same state and observation always give the same answer.
 */
export function decide(
  policy: BlueGreenPolicy,
  state: BlueGreenState | undefined,
  observation: Observation,
): Decision<BlueGreenState> {
  const before = state ?? initialState(observation.at);
  const step = hasEnded(before)
    ? { state: before, events: [] }
    : stepFrom(policy, atLook(before, observation), observation);
  const started = state === undefined ? [opened(policy, before)] : [];
  return { state: step.state, weights: weightsOf(policy, step.state), events: [...started, ...step.events] };
}

/** What each gate says of green since the switch. */
export function evidence(policy: BlueGreenPolicy, { watch }: BlueGreenState): readonly GateEvidence[] {
  return evidenceOf(policy, namesOf(policy), watch);
}

/** The split that a state stands for. */
export function weightsOf({ blue, green }: BlueGreenPolicy, { phase }: BlueGreenState): Weights {
  const onGreen = phase === "watching" || phase === "standby" || phase === "retired";
  return { [blue]: onGreen ? 0 : 100, [green]: onGreen ? 100 : 0 };
}

const ENDS: readonly BlueGreenPhase[] = ["retired", "switched-back", "refused"];
const hasEnded = ({ phase }: BlueGreenState): boolean => ENDS.includes(phase);

const namesOf = ({ blue, green }: BlueGreenPolicy): Pair<string> => ({ trial: green, baseline: blue });

function atLook(state: BlueGreenState, { at }: Observation): BlueGreenState {
  return { ...state, lookedAt: nextMoment(state.lookedAt, at) };
}

function opened({ blue, green }: BlueGreenPolicy, { startedAt }: BlueGreenState): RolloutEvent {
  return { at: startedAt, kind: "started", message: `${green} is prepared beside ${blue}, which serves` };
}

function stepFrom(policy: BlueGreenPolicy, state: BlueGreenState, observation: Observation): Step {
  return state.phase === "preparing" ? prepare(policy, state, observation) : watch(policy, state, observation);
}

/** Green meets no user until it answered the recorded requests and can carry blue's load. */
function prepare(policy: BlueGreenPolicy, before: BlueGreenState, observation: Observation): Step {
  const state = { ...before, watch: observe(policy, namesOf(policy), before.watch, observation) };
  const smoke = judgeSmokeTest(policy.smokeTest, observation.tracks[policy.green]?.smokeTest);
  if (smoke.verdict === "fail") return refuse(policy, state, smoke.summary);
  const missing = missingReplicas(policy.capacity, namesOf(policy), state.watch, observation, 100);
  if (missing !== undefined) {
    const message = `${missing.ready} of ${missing.needed} replicas of ${policy.green} are ready for all of the traffic`;
    return wait(state, "waiting-for-capacity", "capacity", message);
  }
  if (smoke.verdict !== "pass") return wait(state, "extended", "smoke test", `smoke test: ${smoke.summary}`);
  return switchOver(policy, state, smoke.summary);
}

/** Says once what it waits for. */
function wait(state: BlueGreenState, kind: RolloutEvent["kind"], awaits: string, message: string): Step {
  const events: RolloutEvent[] = state.awaits === awaits ? [] : [{ at: state.lookedAt, kind, message }];
  return { state: { ...state, awaits }, events };
}

function refuse(policy: BlueGreenPolicy, state: BlueGreenState, why: string): Step {
  const at = state.lookedAt;
  return {
    state: enter(state, "refused"),
    events: [
      { at, kind: "gate-failed", message: `smoke test: ${why}` },
      { at, kind: "rolled-back", message: `${policy.green} was never switched to: ${why}` },
    ],
  };
}

function switchOver(policy: BlueGreenPolicy, state: BlueGreenState, passed: string): Step {
  const at = state.lookedAt;
  return {
    state: { ...enter(state, "watching"), watch: enterStage(policy, state.watch, 0, WATCHED.length) },
    events: [
      { at, kind: "smoke-tested", message: passed },
      { at, kind: "weights-changed", message: `all traffic to ${policy.green}; ${policy.blue} stays at full size` },
    ],
  };
}

function watch(policy: BlueGreenPolicy, before: BlueGreenState, observation: Observation): Step {
  const seen = look(policy, namesOf(policy), before.watch, observation);
  const state = { ...before, watch: seen.watch };
  if (seen.harm !== undefined) return switchBack(policy, state, seen.harm.gate, seen.harm.summary);
  const elapsed = state.lookedAt - state.phaseAt;
  if (state.phase === "standby") return elapsed < policy.standbySeconds ? { state, events: [] } : retire(policy, state);
  if (elapsed < policy.watchSeconds) return { state, events: [] };
  const judged = evidence(policy, state);
  const lacking = whatIsLacking(policy, state.watch, judged);
  // Nothing passes on no data: blue keeps its full size for as long as it takes.
  if (lacking.length > 0) return wait(state, "extended", "samples", `watched on: ${lacking.join("; ")}`);
  return standBy(policy, state, judged.map(({ summary }) => summary).join("; "));
}

function switchBack(policy: BlueGreenPolicy, state: BlueGreenState, gate: string, why: string): Step {
  const at = state.lookedAt;
  const message = `${why}: all traffic back to ${policy.blue}, ${formatElapsed(at - state.startedAt)} after the start`;
  return {
    state: enter(state, "switched-back"),
    events: [
      { at, kind: "gate-failed", message: `${gate}: ${why}` },
      { at, kind: "rolled-back", message },
    ],
  };
}

function standBy(policy: BlueGreenPolicy, state: BlueGreenState, passed: string): Step {
  const at = state.lookedAt;
  const message = `${policy.green} passed its watch of ${formatElapsed(at - state.phaseAt)} (${passed}); ${policy.blue} is on standby`;
  return {
    state: {
      ...enter(state, "standby"),
      watch: enterStage(policy, state.watch, WATCHED.indexOf("standby"), WATCHED.length),
    },
    events: [{ at, kind: "promoted", message }],
  };
}

function retire(policy: BlueGreenPolicy, state: BlueGreenState): Step {
  const message = `${policy.blue} was not needed for ${formatElapsed(state.lookedAt - state.phaseAt)} and can go; its model file stays`;
  return { state: enter(state, "retired"), events: [{ at: state.lookedAt, kind: "retired", message }] };
}

const enter = (state: BlueGreenState, phase: BlueGreenPhase): BlueGreenState => ({
  ...state,
  phase,
  phaseAt: state.lookedAt,
  awaits: "",
});
