import type { SingleCandidateState } from "./candidate-state";
import { describeMissing, enterHold, evidenceOf } from "./monitor/evaluate";
import type { MonitorRules } from "./monitor/gate-monitor";
import { describeMissingData, lacksTrack } from "./missing-data";
import type { Observation } from "./observation";
import type { Pair } from "./pair";
import { enter, eventAt, pause, stay, waitFor, type Step } from "./rollout-state";

/** How often the hold time of a stage may be extended. */
export interface HoldLimits {
  /**
   * How many times a hold time may be extended while data is missing or a gate needs more samples, before the rollout pauses.
   *
   * @default 4
   */
  readonly maxExtensions?: number;
}

type AnyState = SingleCandidateState<string>;
type AnyPolicy = MonitorRules & HoldLimits;

const MAX_EXTENSIONS = 4;

/** The state at the beginning of a phase or stage with a hold time of its own. */
export function enterHeldPhase<State extends AnyState>(state: State, phase: State["phase"]): State {
  return restartHold(enter(state, phase));
}

/** The state with a hold time that begins now, and all its extensions. */
function restartHold<State extends AnyState>(state: State): State {
  return { ...state, extensions: 0, holdStartedAt: state.evaluatedAt };
}

/**
 * The state when an operator resumes the rollout: a hold time that needs samples of its own. They have seen what the history of
 * the baseline says about this stage, so it does not pause the rollout again.
 */
export function resumeHold<State extends AnyState>(state: State): State {
  return { ...restartHold(state), monitor: { ...enterHold(state.monitor), ignoresHistory: true } };
}

/** The state without a time in which nothing was observed. Samples from before it and after it cover the hold time. */
export function excludeGapFromHold<State extends AnyState>(state: State, seconds: number): State {
  return { ...state, holdStartedAt: state.holdStartedAt + seconds, monitor: enterHold(state.monitor) };
}

/** How many extensions are the same time on a clock that runs `speed` times faster. */
export function extensionsOnFasterClock(extensions: number = MAX_EXTENSIONS, speed: number): number {
  return Math.ceil((1 + extensions) * speed) - 1;
}

/** A hold time, and what follows it. */
interface Hold<State> {
  readonly seconds: number;
  /** Ends the stage, with a description of the gates that passed. */
  proceed(passed: string): Step<State>;
  /** Reacts to what is still missing when a hold time is over. */
  lack(missing: string): Step<State>;
}

/** Ends a stage when its time is over, both tracks can be read, and every gate passes. */
export function endHold<State extends AnyState>(
  policy: AnyPolicy,
  names: Pair<string>,
  state: State,
  observation: Observation,
  { seconds, proceed, lack }: Hold<State>,
): Step<State> {
  if (state.evaluatedAt - state.enteredAt < seconds) return reportMissingData(policy, names, state);
  const gates = evidenceOf(policy, names, state.monitor);
  const missing = [...describeMissingData(policy, names, state), ...describeMissing(policy, state.monitor, gates)];
  if (missing.length === 0)
    return lacksTrack(names, observation) ? stay(state) : proceed(gates.map(({ summary }) => summary).join("; "));
  if (state.evaluatedAt - state.holdStartedAt < seconds) return reportMissingData(policy, names, state);
  return lack(missing.join("; "));
}

/**
 * Starts another hold time of the same stage; after the last one, pauses. The samples of a stage must cover all its hold times
 * together, because where requests are rare one alone has too few; only a time without any data is left out.
 */
export function extendHold<State extends AnyState>(
  policy: AnyPolicy,
  names: Pair<string>,
  state: State,
  doing: string,
  missing: string,
): Step<State> {
  const { maxExtensions = MAX_EXTENSIONS } = policy;
  if (state.extensions >= maxExtensions) return pause(state, `paused while ${doing}: ${missing}`);
  const extensions = state.extensions + 1;
  const isDataMissing = describeMissingData(policy, names, state).length > 0;
  const monitor = isDataMissing ? enterHold(state.monitor) : state.monitor;
  return {
    state: { ...state, extensions, holdStartedAt: state.evaluatedAt, monitor },
    events: [eventAt(state, "extended", `${doing}, extension ${extensions} of ${maxExtensions}: ${missing}`)],
  };
}

/** Stays, and says so once when a track can no longer be read. */
export function reportMissingData<State extends AnyState>(
  rules: MonitorRules,
  names: Pair<string>,
  state: State,
): Step<State> {
  const missing = describeMissingData(rules, names, state);
  if (missing.length === 0) return stay(state);
  return waitFor(state, "data", "data-missing", `${missing.join("; ")}: the weights stay as they are`);
}

/**
 * Pauses a rollout that has not begun, when a track could not be read for as long as a stage may be extended; undefined while
 * both tracks can be read.
 */
export function waitForData<State extends AnyState>(
  policy: AnyPolicy,
  names: Pair<string>,
  state: State,
  holdSeconds: number,
): Step<State> | undefined {
  const missing = describeMissingData(policy, names, state);
  if (missing.length === 0) return undefined;
  const { lastReadAt, holdStartedAt, evaluatedAt } = state;
  const since = Math.max(holdStartedAt, Math.min(lastReadAt.candidate, lastReadAt.baseline));
  const longest = holdSeconds * (1 + (policy.maxExtensions ?? MAX_EXTENSIONS));
  return evaluatedAt - since >= longest
    ? pause(state, `paused before the start: ${missing.join("; ")}`)
    : reportMissingData(policy, names, state);
}
