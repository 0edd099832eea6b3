import { formatElapsed } from "../core/format";
import { describeErrorsByPod } from "./gates/pods";
import { evaluate } from "./monitor/evaluate";
import type { SingleCandidateState } from "./candidate-state";
import { describeMissingData, withReadTimes } from "./missing-data";
import type { MonitorRules } from "./monitor/gate-monitor";
import { observe } from "./monitor/observe";
import type { EndedIncident } from "./monitor/service-health";
import type { Observation, TrackCounts } from "./observation";
import type { Pair } from "./pair";
import { after, eventAt, pause, stay, waitFor, type Step } from "./rollout-state";

/** Seconds for which both tracks may miss an objective before the rollout pauses, by default. */
const MAX_UNWELL_SECONDS = 3600;

/** Adds an observation of a candidate that serves no requests yet, so there is nothing to judge. */
export function observeCandidate<State extends SingleCandidateState<string>>(
  rules: MonitorRules,
  names: Pair<string>,
  state: State,
  observation: Observation,
): Step<State> {
  const read = readTracks(rules, names, state, observation);
  return stay({ ...read, monitor: observe(rules, names, state.monitor, observation).monitor });
}

/** What a strategy does after an evaluation. */
interface Reactions<State> {
  rollBack(state: State, reason: string): Step<State>;
}

/**
 * Adds an observation of a candidate that serves requests, and rolls back when a gate fails. It pauses where the candidate is
 * worse only than the baseline was before, because something else may have changed since.
 */
export function judgeCandidate<State extends SingleCandidateState<string>>(
  rules: MonitorRules,
  names: Pair<string>,
  state: State,
  observation: Observation,
  { rollBack }: Reactions<State>,
): Step<State> {
  const { monitor, regression, ended } = evaluate(rules, names, state.monitor, observation);
  const read = readTracks(rules, names, state, observation);
  const { state: observed, events } = recover({ ...read, monitor }, ended);
  if (regression === undefined) return { state: observed, events };
  const { gate, mayBeDrift } = regression;
  const summary = [regression.summary, ...describePods(rules, gate, observation.tracks[names.candidate])].join(", ");
  if (mayBeDrift) {
    const paused = pause(
      observed,
      `paused: ${summary}, but before this stage; ${names.baseline} has no traffic to compare with`,
    );
    return after(events, state.paused ? stay(observed) : paused);
  }
  const failed = eventAt(observed, "gate-failed", `${gate}: ${summary}`);
  return after([...events, failed], rollBack(observed, summary));
}

/** Names the pod that most errors came from, if one stands out: then its node may be the cause, and not the version. */
function describePods({ gates }: MonitorRules, id: string, candidate: TrackCounts | undefined): string[] {
  const judgesErrors = gates.some((gate) => gate.id === id && gate.kind.startsWith("error-rate"));
  const description = judgesErrors ? describeErrorsByPod(candidate?.pods) : undefined;
  return description === undefined ? [] : [description];
}

/** The state with the times of the readings. When data is back, the log may say again that it is missing. */
function readTracks<State extends SingleCandidateState<string>>(
  rules: MonitorRules,
  names: Pair<string>,
  before: State,
  observation: Observation,
): State {
  const state = withReadTimes(names, before, observation);
  const isBack = state.waitingFor === "data" && describeMissingData(rules, names, state).length === 0;
  return isBack ? { ...state, waitingFor: "nothing" } : state;
}

/** Goes on after an incident, and says so if the log has said that the rollout waits for the service. */
function recover<State extends SingleCandidateState<string>>(
  state: State,
  ended: EndedIncident | undefined,
): Step<State> {
  if (ended === undefined) return stay(state);
  const { incident, until } = ended;
  const seconds = until.at - incident.from.at;
  const resumed = exclude(state, seconds);
  if (state.waitingFor !== "service") return stay(resumed);
  const message = `the service is well again: ${incident.gate} was missed by both versions for ${formatElapsed(seconds)}`;
  const event = eventAt(state, "service-recovered", message);
  return { state: { ...resumed, waitingFor: "nothing" }, events: [event] };
}

/** The state without a time that counts neither for the phase nor for its hold time. */
function exclude<State extends SingleCandidateState<string>>(state: State, seconds: number): State {
  return { ...state, enteredAt: state.enteredAt + seconds, holdStartedAt: state.holdStartedAt + seconds };
}

/**
 * Holds the weights while both versions miss an objective, because nothing can be judged in this time; undefined while the
 * service is well. After a maximum time the rollout pauses for a person.
 */
export function holdWhileUnwell<State extends SingleCandidateState<string>>(
  { maxUnwellSeconds = MAX_UNWELL_SECONDS }: MonitorRules,
  state: State,
): Step<State> | undefined {
  const { incident } = state.monitor.health;
  if (incident === undefined) return undefined;
  const seconds = state.evaluatedAt - incident.since;
  if (seconds >= maxUnwellSeconds)
    return pause(state, `paused: both versions have missed ${incident.gate} for ${formatElapsed(seconds)}`);
  const message = `the service is unwell: both versions miss ${incident.gate}; the weights stay as they are`;
  return waitFor(state, "service", "service-unwell", message);
}
