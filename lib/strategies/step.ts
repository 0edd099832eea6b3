import type { RolloutEvent } from "./decision";
import type { CommonState, RolloutState, WaitReason } from "./rollout-state";

/** A state and the events on the way to it. */
export interface Step<State> {
  readonly state: State;
  readonly events: readonly RolloutEvent[];
}

/** An event at the time of the present evaluation. */
export function eventAt({ evaluatedAt }: CommonState, kind: RolloutEvent["kind"], message: string): RolloutEvent {
  return { at: evaluatedAt, kind, message };
}

/** Nothing happens. */
export function stay<State>(state: State): Step<State> {
  return { state, events: [] };
}

/** A step with events that come before its own. */
export function after<State>(events: readonly RolloutEvent[], { state, events: own }: Step<State>): Step<State> {
  return { state, events: [...events, ...own] };
}

/** The state at the beginning of another phase, or of another stage of the same phase. */
export function enter<State extends RolloutState>(state: State, phase: State["phase"]): State {
  return { ...state, phase, enteredAt: state.evaluatedAt, paused: false, waitingFor: "nothing" };
}

/** Waits, and says so unless it has just said the same. */
export function waitFor<State extends CommonState>(
  state: State,
  reason: WaitReason,
  kind: "waiting-for-capacity" | "extended",
  message: string,
): Step<State> {
  const events = state.waitingFor === reason ? [] : [eventAt(state, kind, message)];
  return { state: { ...state, waitingFor: reason }, events };
}

/** Stays at the present weights until a person decides. */
export function pause<State extends CommonState>(state: State, message: string): Step<State> {
  return { state: { ...state, paused: true }, events: [eventAt(state, "paused", message)] };
}
