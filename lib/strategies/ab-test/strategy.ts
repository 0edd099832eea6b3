import { formatElapsed } from "../../core/format";
import { formatWeights } from "../decision";
import { defineStrategy } from "../define-strategy";
import { metricsOf } from "../gates/metrics-of";
import { describeUnready } from "../monitor/capacity";
import { NEW_MONITOR } from "../monitor/gate-monitor";
import type { Observation } from "../observation";
import { after, enter, eventAt, stay, waitFor, type Step } from "../rollout-state";
import { accumulate, type Tally } from "../tally";
import {
  evaluateGuardrails,
  evidence,
  observeGuardrails,
  startGuardrails,
  type GuardrailEvaluation,
} from "./guardrails";
import { controlOf, type AbTestPolicy, type AbTestState } from "./policy";
import { resultsOf } from "./results";
import { describeSplitMismatch, splitMismatch } from "./split-check";
import { accumulateUsers, restart, type UserTally } from "./user-tally";
import { judgeVariants } from "./verdicts";

/**
 * Users are divided among variants for a time, and a metric shows which is better. The declared split also stays after the
 * test has completed: it never promotes a winner, because that decision is for people.
 */
export const abTest = defineStrategy<AbTestPolicy, AbTestState>(
  {
    title: (baseline, candidates) => `A/B test of ${baseline} and ${candidates}`,
    tracks: ({ variants }) => variants,
    requirements: ({ gates, metric }) => ({
      stickyUsers: true,
      metrics: metricsOf(gates, { ...metric, metric: metric.name }),
    }),
    declaredSeconds: ({ durationSeconds }) => durationSeconds,
  },
  {
    outcomes: { completed: "completed", stopped: "rolled-back" },
    initialState: ({ variants }, common) => ({
      ...common,
      phase: "waiting",
      tallies: {},
      atStart: {},
      users: {},
      variants: Object.fromEntries(variants.slice(1).map((name) => [name, { monitor: NEW_MONITOR }])),
    }),
    describeStart: ({ variants, metric }) => `A/B test of ${variants.join(", ")} by ${metric.name}`,
    split(policy, { phase }) {
      if (phase === "running" || phase === "completed") return { weights: policy.split };
      return { weights: Object.fromEntries(policy.variants.map((name, index) => [name, index === 0 ? 100 : 0])) };
    },
    observe,
    proceed(policy, state, observation) {
      if (state.phase === "waiting") return start(policy, state, observation);
      const judged = judgeVariants(policy, state);
      const isOver = state.evaluatedAt - state.enteredAt >= policy.durationSeconds;
      return isOver ? after(judged.events, complete(policy, judged.state)) : judged;
    },
    describePending,
    rollBack: stop,
    evidence,
    results: resultsOf,
  },
);

function observe(policy: AbTestPolicy, before: AbTestState, observation: Observation): Step<AbTestState> {
  const tallied = tally(policy, before, observation);
  if (before.phase === "waiting")
    return stay({ ...tallied, variants: observeGuardrails(policy, before.variants, observation) });
  const { variants, regression } = evaluateGuardrails(policy, tallied, observation);
  const state = { ...tallied, variants };
  const reason = describeFault(policy, state, regression);
  return reason === undefined
    ? stay(state)
    : after([eventAt(state, "gate-failed", reason)], stop(policy, state, reason));
}

/** Adds the counts of every track. */
function tally(policy: AbTestPolicy, state: AbTestState, { tracks }: Observation): AbTestState {
  const tallies: Record<string, Tally> = { ...state.tallies };
  const users: Record<string, UserTally> = { ...state.users };
  const metrics = metricsOf(policy.gates, { ...policy.metric, metric: policy.metric.name });
  for (const name of policy.variants) {
    const counts = tracks[name];
    if (counts === undefined) continue;
    tallies[name] = accumulate(tallies[name], counts, metrics);
    users[name] = accumulateUsers(
      users[name],
      counts,
      metrics.map(({ metric }) => metric),
    );
  }
  return { ...state, tallies, users };
}

/** Says why the test must stop, if it must. */
function describeFault(
  policy: AbTestPolicy,
  state: AbTestState,
  regression: GuardrailEvaluation["regression"],
): string | undefined {
  if (regression !== undefined) return `${regression.variant}, ${regression.gate}: ${regression.summary}`;
  const mismatch = splitMismatch(policy, state);
  return mismatch && describeSplitMismatch(mismatch);
}

/** The test starts when every track is ready: one that is not would fail the users that are assigned to it. */
function start(policy: AbTestPolicy, before: AbTestState, observation: Observation): Step<AbTestState> {
  const unready = describeUnready(policy.variants, policy.minReadyReplicas, observation);
  if (unready !== undefined) return waitFor(before, "capacity", "waiting-for-capacity", unready);
  const state: AbTestState = {
    ...enter(before, "running"),
    atStart: before.tallies,
    users: Object.fromEntries(Object.entries(before.users).map(([name, counted]) => [name, restart(counted)])),
    variants: startGuardrails(policy, before.variants),
  };
  return { state, events: [eventAt(state, "stage-entered", formatWeights(policy.split, policy.variants))] };
}

function describePending(policy: AbTestPolicy, state: AbTestState, observation: Observation): readonly string[] {
  if (state.phase === "waiting") {
    const unready = describeUnready(policy.variants, policy.minReadyReplicas, observation);
    return unready === undefined ? [] : [unready];
  }
  return resultsOf(policy, state)
    .filter(({ verdict }) => verdict === "not-enough-data")
    .map(({ variant, summary }) => `${variant}: ${summary}`);
}

function complete(policy: AbTestPolicy, before: AbTestState): Step<AbTestState> {
  const state = enter(before, "completed");
  const results = resultsOf(policy, state).map(
    ({ variant, verdict, summary }) => `${variant}: ${verdict} (${summary})`,
  );
  const message = `after ${formatElapsed(state.evaluatedAt - before.enteredAt)}: ${results.join("; ")}`;
  return { state, events: [eventAt(state, "completed", message)] };
}

function stop(policy: AbTestPolicy, before: AbTestState, reason: string): Step<AbTestState> {
  const state = enter(before, "stopped");
  const elapsed = formatElapsed(state.evaluatedAt - before.enteredAt);
  const message = `${reason}: stopped after ${elapsed}, all traffic back to ${controlOf(policy)}`;
  return { state, events: [eventAt(state, "rolled-back", message)] };
}
