import { formatElapsed } from "../core/format";
import { formatWeights, type Decision, type Split } from "./decision";
import type { MonitorRules } from "./monitor/gate-monitor";
import type { Observation } from "./observation";
import { readableObservation } from "./readings";
import {
  advance,
  after,
  eventAt,
  excludeGap,
  pause,
  startAt,
  stay,
  type CommonState,
  type RolloutState,
  type Step,
} from "./rollout-state";
import { readClock } from "./rollout-clock";
import type { Outcome, PolicyBase, Strategy } from "./strategy";

/** What every policy has: a strategy, and gates. */
type AnyPolicy = PolicyBase & MonitorRules;

/** What drivers and reports need to know about a strategy; some members have defaults. */
type Description<Policy, State> = Pick<
  Strategy<Policy, State>,
  "title" | "tracks" | "requirements" | "declaredSeconds"
> &
  Partial<Pick<Strategy<Policy, State>, "stageCount" | "onFasterClock">>;

/** How a rollout proceeds. All functions are pure. */
interface Rollout<Policy, State extends RolloutState>
  extends Pick<Strategy<Policy, State>, "evidence">, Partial<Pick<Strategy<Policy, State>, "results">> {
  /** The outcome of each phase that has one; these phases are final. */
  readonly outcomes: Readonly<Partial<Record<State["phase"], Outcome>>>;
  /** Phases that have an outcome and are not final: a regression still rolls back. */
  readonly revocable?: readonly State["phase"][];
  /** The state before the first evaluation, with all traffic on the baseline. */
  initialState(policy: Policy, common: CommonState): State;
  /** Message of the event that starts the log. */
  describeStart(policy: Policy): string;
  /** The split that belongs to a state. */
  split(policy: Policy, state: State): Split;
  /** Adds the observation and acts on regressions; also while the rollout is paused. */
  observe(policy: Policy, state: State, observation: Observation): Step<State>;
  /** Moves on to the next stage or phase if it is due. */
  proceed(policy: Policy, state: State, observation: Observation): Step<State>;
  /** Describes what the rollout still needs; empty when it needs only time. */
  describePending(policy: Policy, state: State, observation: Observation): readonly string[];
  /** Sends all traffic back to the baseline, permanently. */
  rollBack(policy: Policy, state: State, reason: string): Step<State>;
  /** The state without a time in which nothing was observed, besides the times that every state has. */
  excludeGap?(state: State, seconds: number): State;
  /** Resets what else starts again when an operator resumes a paused rollout. */
  resumed?(state: State): State;
}

/**
 * A strategy from what is particular to it. The skeleton is the same for all: it starts the rollout, keeps its clock,
 * leaves an ended one as it is, pauses one that is past its deadline, and lets operators abort and resume it.
 */
export function defineStrategy<Policy extends AnyPolicy, State extends RolloutState>(
  description: Description<Policy, State>,
  rollout: Rollout<Policy, State>,
): Strategy<Policy, State> {
  const decision = (policy: Policy, { state, events }: Step<State>): Decision<State> => ({
    state,
    ...rollout.split(policy, state),
    events,
  });
  return {
    stageCount: () => 0,
    onFasterClock: (policy) => policy,
    ...description,
    gates: ({ gates }) => gates,
    opening: (policy) => rollout.split(policy, rollout.initialState(policy, startAt(0))),
    decide: (policy, state, observation) =>
      decision(policy, evaluate(rollout, policy, state, readableObservation(observation))),
    abort: (policy, state, at, reason) => decision(policy, abort(rollout, policy, state, at, reason)),
    resume: (policy, state, at) => decision(policy, resume(rollout, policy, state, at)),
    evidence: (policy, state) => rollout.evidence(policy, state),
    results: (policy, state) => rollout.results?.(policy, state) ?? [],
    outcome: (state) => outcomeOf(rollout, state),
  };
}

function outcomeOf<Policy, State extends RolloutState>(
  { outcomes }: Rollout<Policy, State>,
  { phase, paused }: Pick<State, "phase" | "paused">,
): Outcome | undefined {
  return paused ? "paused" : outcomes[phase];
}

function evaluate<Policy extends AnyPolicy, State extends RolloutState>(
  rollout: Rollout<Policy, State>,
  policy: Policy,
  state: State | undefined,
  observation: Observation,
): Step<State> {
  const before = state ?? rollout.initialState(policy, startAt(observation.at));
  const started = state === undefined ? [eventAt(before, "started", rollout.describeStart(policy))] : [];
  if (hasEnded(rollout, before)) return { state: before, events: started };
  const { state: now, isPlausible, gapSeconds } = readClock(before, observation.at, observation.isRecorded);
  if (!isPlausible) return { state: now, events: started };
  const observed = withoutGap(rollout, before, rollout.observe(policy, now, observation), gapSeconds);
  const isOver = hasEnded(rollout, observed.state) || observed.state.paused;
  const next = isOver ? stay(observed.state) : proceed(rollout, policy, observed.state, observation);
  return after([...started, ...observed.events], next);
}

/** A step on whose way nothing was observed for some time. The counts of this time are real, but it does not count as time. */
function withoutGap<Policy, State extends RolloutState>(
  rollout: Rollout<Policy, State>,
  before: State,
  { state, events }: Step<State>,
  seconds: number,
): Step<State> {
  if (seconds === 0) return { state, events };
  const message = `nothing was observed for ${formatElapsed(seconds)}: this time does not count`;
  const missed = eventAt(state, "data-missing", message);
  if (state.phase !== before.phase) return after([missed], { state, events });
  const without = excludeGap(state, seconds);
  return after([missed], { state: rollout.excludeGap?.(without, seconds) ?? without, events });
}

/** Moves on, unless the deadline has passed and this evaluation would not end the rollout either. */
function proceed<Policy extends AnyPolicy, State extends RolloutState>(
  rollout: Rollout<Policy, State>,
  policy: Policy,
  state: State,
  observation: Observation,
): Step<State> {
  const next = rollout.proceed(policy, state, observation);
  const { deadlineSeconds = Infinity } = policy;
  const isOverdue = state.evaluatedAt - state.deadlineFrom >= deadlineSeconds;
  if (!isOverdue || outcomeOf(rollout, next.state) !== undefined) return next;
  const pending = rollout.describePending(policy, state, observation);
  const missing = pending.length === 0 ? "its declared time is not over" : pending.join("; ");
  return pause(state, `paused at the deadline of ${formatElapsed(deadlineSeconds)}: ${missing}`);
}

function hasEnded<Policy, State extends RolloutState>(
  { outcomes, revocable = [] }: Rollout<Policy, State>,
  { phase }: Pick<State, "phase">,
): boolean {
  return outcomes[phase] !== undefined && !revocable.includes(phase);
}

function abort<Policy, State extends RolloutState>(
  rollout: Rollout<Policy, State>,
  policy: Policy,
  state: State | undefined,
  at: number,
  reason: string,
): Step<State> {
  const before = state ?? rollout.initialState(policy, startAt(at));
  if (outcomeOf(rollout, before) === "rolled-back") return stay(before);
  return rollout.rollBack(policy, advance(before, at), reason);
}

function resume<Policy extends AnyPolicy, State extends RolloutState>(
  rollout: Rollout<Policy, State>,
  policy: Policy,
  state: State,
  at: number,
): Step<State> {
  if (!state.paused) return stay(state);
  const now = advance(state, at);
  const running: State = { ...now, paused: false, deadlineFrom: now.evaluatedAt, waitingFor: "nothing" };
  const resumed = rollout.resumed?.(running) ?? running;
  const { weights } = rollout.split(policy, resumed);
  const message = `resumed at ${formatWeights(weights, Object.keys(weights))}`;
  return { state: resumed, events: [eventAt(resumed, "resumed", message)] };
}
