import type { RolloutEvent } from "./decision";
import { readClock, type ClockState } from "./rollout-clock";

/** What a rollout waits for, apart from time. */
export type WaitReason = "nothing" | "capacity" | "smoke-test" | "data" | "service";

/** The part of the state that does not depend on the strategy. Times are seconds on the driver's clock. */
export interface CommonState extends ClockState {
  readonly startedAt: number;
  /** When the present phase or stage was entered. */
  readonly enteredAt: number;
  /** From when the deadline counts: the start, or the last time that an operator resumed the rollout. */
  readonly deadlineFrom: number;
  /** Whether the rollout waits for an operator, with the weights as they are. */
  readonly paused: boolean;
  /** What the rollout last logged that it waits for, so that it logs this once. */
  readonly waitingFor: WaitReason;
}

/** What a strategy remembers between two evaluations; plain data of bounded size that survives JSON. */
export interface RolloutState<Phase extends string = string> extends CommonState {
  readonly phase: Phase;
}

/** The state at the start. A driver's clock may return NaN, but a state's times are always finite. */
export function startAt(at: number): CommonState {
  // Adding 0 turns −0, which JSON does not preserve, into 0.
  const startedAt = Number.isFinite(at) ? at + 0 : 0;
  return {
    startedAt,
    evaluatedAt: startedAt,
    longestStep: 0,
    farAheadBy: 0,
    enteredAt: startedAt,
    deadlineFrom: startedAt,
    paused: false,
    waitingFor: "nothing",
  };
}

/** The state at the time of an operator's command. */
export function advance<State extends CommonState>(before: State, at: number): State {
  const { state, isPlausible } = readClock(before, at);
  return isPlausible ? state : before;
}

/** The state without a time in which nothing was observed: it counts neither for the phase nor for the deadline. */
export function excludeGap<State extends CommonState>(state: State, seconds: number): State {
  return { ...state, enteredAt: state.enteredAt + seconds, deadlineFrom: state.deadlineFrom + seconds };
}

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

/** Waits, with an event unless the latest one has the same reason. */
export function waitFor<State extends CommonState>(
  state: State,
  reason: WaitReason,
  kind: "waiting-for-capacity" | "extended" | "data-missing" | "service-unwell",
  message: string,
): Step<State> {
  const events = state.waitingFor === reason ? [] : [eventAt(state, kind, message)];
  return { state: { ...state, waitingFor: reason }, events };
}

/** Stays at the present weights until an operator decides. */
export function pause<State extends CommonState>(state: State, message: string): Step<State> {
  return { state: { ...state, paused: true }, events: [eventAt(state, "paused", message)] };
}
