import { formatElapsed } from "../../core/format";
import { defineStrategy } from "../define-strategy";
import type { GateEvidence } from "../gates/evidence";
import { metricsOf } from "../gates/metrics-of";
import {
  endHold,
  enterHeldPhase,
  excludeGapFromHold,
  extendHold,
  extensionsOnFasterClock,
  reportMissingData,
  resumeHold,
  waitForData,
} from "../hold-time";
import { describeMissingData, lacksTrack } from "../missing-data";
import { describeMissingReplicas } from "../monitor/capacity";
import { describeMissing, enterStage, evidenceOf } from "../monitor/evaluate";
import type { Split } from "../decision";
import type { Observation } from "../observation";
import type { Pair } from "../pair";
import { newCandidateState } from "../candidate-state";
import { holdWhileUnwell, judgeCandidate, observeCandidate } from "../single-candidate";
import { after, enter, eventAt, stay, waitFor, type Step } from "../rollout-state";
import type { BlueGreenPolicy, BlueGreenState } from "./policy";
import { judgeSmokeTest, type SmokeTestResult } from "./smoke-test";

/** Phases after the switch; each is a stage of its own for the gates. */
const STAGES = ["watching", "standby"] as const;

/** A new version is tested without users, then serves all of them at once, with an instant rollback. */
export const blueGreen = defineStrategy<BlueGreenPolicy, BlueGreenState>(
  {
    title: (baseline, candidates) => `switch from ${baseline} to ${candidates}`,
    tracks: (policy) => [policy.blue, policy.green],
    requirements: ({ green, smokeTest, gates }) => ({
      preview: { track: green, smokeTest },
      stickyUsers: false,
      metrics: metricsOf(gates),
    }),
    declaredSeconds: ({ watchSeconds }) => watchSeconds,
    onFasterClock: (policy, speed) => ({
      ...policy,
      maxExtensions: extensionsOnFasterClock(policy.maxExtensions, speed),
    }),
  },
  {
    outcomes: { standby: "promoted", retired: "promoted", "switched-back": "rolled-back", refused: "rolled-back" },
    // Green is promoted already, but until blue is retired a regression still switches back.
    revocable: ["standby"],
    initialState: (_policy, common) => ({ ...newCandidateState(common), phase: "preparing" }),
    describeStart: ({ blue, green }) => `${green} is tested without users while ${blue} serves`,
    split,
    observe(policy, state, observation) {
      if (state.phase === "preparing") return observeSmokeTest(policy, state, observation);
      return judgeCandidate(policy, namesOf(policy), state, observation, {
        rollBack: (now, reason) => rollBack(policy, now, reason),
      });
    },
    proceed,
    describePending(policy, state, observation) {
      const data = describeMissingData(policy, namesOf(policy), state);
      if (state.phase === "preparing") return [...data, ...pendingBeforeSwitch(policy, state, observation)];
      return [...data, ...describeMissing(policy, state.monitor, evidence(policy, state))];
    },
    rollBack,
    excludeGap: excludeGapFromHold,
    resumed: resumeHold,
    evidence,
  },
);

const namesOf = ({ blue, green }: BlueGreenPolicy): Pair<string> => ({ candidate: green, baseline: blue });

/** Blue gets mirrored requests while green is compared with it. */
function split({ blue, green, standbyMirrorPercent = 0 }: BlueGreenPolicy, { phase }: BlueGreenState): Split {
  const isCompared = phase === "watching" || phase === "standby";
  const isOnGreen = isCompared || phase === "retired";
  const weights = { [blue]: isOnGreen ? 0 : 100, [green]: isOnGreen ? 100 : 0 };
  return standbyMirrorPercent > 0
    ? { weights, mirrors: { [blue]: isCompared ? standbyMirrorPercent : 0 } }
    : { weights };
}

function evidence(policy: BlueGreenPolicy, { monitor }: BlueGreenState): readonly GateEvidence[] {
  return evidenceOf(policy, namesOf(policy), monitor);
}

const smokeTestResult = ({ smokeTest, green }: BlueGreenPolicy, { tracks }: Observation): SmokeTestResult =>
  judgeSmokeTest(smokeTest, tracks[green]?.smokeTest);

function observeSmokeTest(
  policy: BlueGreenPolicy,
  before: BlueGreenState,
  observation: Observation,
): Step<BlueGreenState> {
  const observed = observeCandidate(policy, namesOf(policy), before, observation);
  const { verdict, summary } = smokeTestResult(policy, observation);
  if (verdict !== "fail") return observed;
  const failed = eventAt(observed.state, "gate-failed", `smoke test: ${summary}`);
  return after([failed], rollBack(policy, observed.state, summary));
}

function proceed(policy: BlueGreenPolicy, state: BlueGreenState, observation: Observation): Step<BlueGreenState> {
  if (state.phase === "preparing")
    return waitForData(policy, namesOf(policy), state, policy.watchSeconds) ?? switchOver(policy, state, observation);
  // Green is promoted already when blue is on standby, so an incident only keeps blue for longer.
  if (state.phase === "standby") return isUnwell(state) ? stay(state) : retire(policy, state, observation);
  return holdWhileUnwell(policy, state) ?? promote(policy, state, observation);
}

const isUnwell = ({ monitor }: BlueGreenState): boolean => monitor.health.incident !== undefined;

function missingReplicas(
  policy: BlueGreenPolicy,
  { monitor }: BlueGreenState,
  observation: Observation,
): string | undefined {
  return describeMissingReplicas(policy.capacity, namesOf(policy), monitor, observation, 100);
}

/** Green serves no user until it has passed the smoke test and can carry blue's load. */
function switchOver(policy: BlueGreenPolicy, before: BlueGreenState, observation: Observation): Step<BlueGreenState> {
  const missing = missingReplicas(policy, before, observation);
  if (missing !== undefined) return waitFor(before, "capacity", "waiting-for-capacity", missing);
  const { verdict, summary } = smokeTestResult(policy, observation);
  if (verdict !== "pass") return waitFor(before, "smoke-test", "extended", `smoke test: ${summary}`);
  const state = enterMonitoredPhase(policy, before, "watching");
  const message = `all traffic to ${policy.green}; ${policy.blue} stays at full size`;
  return { state, events: [eventAt(state, "smoke-tested", summary), eventAt(state, "weights-changed", message)] };
}

function pendingBeforeSwitch(
  policy: BlueGreenPolicy,
  state: BlueGreenState,
  observation: Observation,
): readonly string[] {
  const { verdict, summary } = smokeTestResult(policy, observation);
  const replicas = missingReplicas(policy, state, observation);
  return [...(verdict === "pass" ? [] : [`smoke test: ${summary}`]), ...(replicas === undefined ? [] : [replicas])];
}

/** Promotes green after the monitoring time. Without enough samples blue keeps its full size for longer. */
function promote(policy: BlueGreenPolicy, before: BlueGreenState, observation: Observation): Step<BlueGreenState> {
  return endHold(policy, namesOf(policy), before, observation, {
    seconds: policy.watchSeconds,
    proceed(passed) {
      const state = enterMonitoredPhase(policy, before, "standby");
      const elapsed = formatElapsed(before.evaluatedAt - before.enteredAt);
      const message = `${policy.green} passed every gate for ${elapsed} (${passed}); ${policy.blue} is on standby`;
      return { state, events: [eventAt(state, "promoted", message)] };
    },
    lack: (missing) => extendHold(policy, namesOf(policy), before, `monitoring ${policy.green}`, missing),
  });
}

/** Retires blue after its standby, but never while data is missing: nobody would know whether it is still needed. */
function retire(policy: BlueGreenPolicy, before: BlueGreenState, observation: Observation): Step<BlueGreenState> {
  const names = namesOf(policy);
  const elapsed = before.evaluatedAt - before.enteredAt;
  const missing = describeMissingData(policy, names, before);
  if (missing.length > 0) {
    const isHoldOver = before.evaluatedAt - before.holdStartedAt >= policy.standbySeconds;
    if (!isHoldOver) return reportMissingData(policy, names, before);
    return extendHold(policy, namesOf(policy), before, `keeping ${policy.blue} on standby`, missing.join("; "));
  }
  if (elapsed < policy.standbySeconds || lacksTrack(names, observation)) return stay(before);
  const state = enter(before, "retired");
  const message = `${policy.blue} was not needed for ${formatElapsed(elapsed)} and can be removed; its model file stays`;
  return { state, events: [eventAt(state, "retired", message)] };
}

function enterMonitoredPhase(
  policy: BlueGreenPolicy,
  before: BlueGreenState,
  phase: (typeof STAGES)[number],
): BlueGreenState {
  const monitor = enterStage(policy, before.monitor, {
    stage: STAGES.indexOf(phase),
    stages: STAGES.length,
    hasControl: (policy.standbyMirrorPercent ?? 0) > 0,
    hasFeedback: false,
  });
  // Hours after the switch, a difference to what blue was before says nothing about green.
  return { ...enterHeldPhase(before, phase), monitor: { ...monitor, ignoresHistory: phase === "standby" } };
}

function rollBack(policy: BlueGreenPolicy, before: BlueGreenState, reason: string): Step<BlueGreenState> {
  if (before.phase === "preparing") {
    const state = enter(before, "refused");
    const message = `traffic was never switched to ${policy.green}: ${reason}`;
    return { state, events: [eventAt(state, "rolled-back", message)] };
  }
  const state = enter(before, "switched-back");
  const elapsed = formatElapsed(state.evaluatedAt - state.startedAt);
  const message = `${reason}: all traffic back to ${policy.blue} after ${elapsed}`;
  return { state, events: [eventAt(state, "rolled-back", message)] };
}
