import { evaluate, observe } from "./monitor/evaluate";
import type { GateMonitor, MonitorRules } from "./monitor/gate-monitor";
import type { Observation } from "./observation";
import type { Pair } from "./pair";
import { after, eventAt, stay, type RolloutState, type Step } from "./rollout-state";

/** The state of a strategy with one candidate and the baseline. */
export interface SingleCandidateState<Phase extends string> extends RolloutState<Phase> {
  /** The gates of the candidate. */
  readonly monitor: GateMonitor;
}

/** Adds an observation of a candidate that serves no requests yet, so there is nothing to judge. */
export function observeCandidate<State extends SingleCandidateState<string>>(
  rules: MonitorRules,
  names: Pair<string>,
  state: State,
  observation: Observation,
): Step<State> {
  return stay({ ...state, monitor: observe(rules, names, state.monitor, observation) });
}

/** Adds an observation of a candidate that serves requests, and rolls back when a gate fails. */
export function judgeCandidate<State extends SingleCandidateState<string>>(
  rules: MonitorRules,
  names: Pair<string>,
  state: State,
  observation: Observation,
  rollBack: (state: State, reason: string) => Step<State>,
): Step<State> {
  const { monitor, regression } = evaluate(rules, names, state.monitor, observation);
  const observed = { ...state, monitor };
  if (regression === undefined) return stay(observed);
  const { gate, summary } = regression;
  return after([eventAt(observed, "gate-failed", `${gate}: ${summary}`)], rollBack(observed, summary));
}
