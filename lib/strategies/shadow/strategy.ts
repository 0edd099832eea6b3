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
  resumeHold,
  waitForData,
} from "../hold-time";
import { describeMissingData } from "../missing-data";
import { describeMissingReplicas } from "../monitor/capacity";
import { describeMissing, enterStage, evidenceOf } from "../monitor/evaluate";
import type { Observation } from "../observation";
import type { Pair } from "../pair";
import { newCandidateState } from "../candidate-state";
import { holdWhileUnwell, judgeCandidate, observeCandidate } from "../single-candidate";
import { enter, eventAt, waitFor, type Step } from "../rollout-state";
import type { ShadowPolicy, ShadowState } from "./policy";

/** Requests are mirrored to a new version, whose responses are compared and discarded: users are never exposed to it. */
export const shadow = defineStrategy<ShadowPolicy, ShadowState>(
  {
    title: (baseline, candidates) => `shadow ${candidates} of ${baseline}`,
    tracks: (policy) => [policy.live, policy.shadow],
    requirements: ({ shadow, gates }) => ({ stickyUsers: false, comparedTrack: shadow, metrics: metricsOf(gates) }),
    declaredSeconds: ({ durationSeconds }) => durationSeconds,
    onFasterClock: (policy, speed) => ({
      ...policy,
      maxExtensions: extensionsOnFasterClock(policy.maxExtensions, speed),
    }),
  },
  {
    outcomes: { passed: "completed", failed: "rolled-back" },
    initialState: (_policy, common) => ({ ...newCandidateState(common), phase: "waiting" }),
    describeStart: ({ live, shadow, percent }) => `shadow ${shadow} of ${live}, with ${percent}% of the requests`,
    split({ live, shadow, percent }, { phase }) {
      const mirrored = phase === "mirroring" || phase === "passed" ? percent : 0;
      return { weights: { [live]: 100, [shadow]: 0 }, mirrors: { [shadow]: mirrored } };
    },
    observe(policy, state, observation) {
      const names = namesOf(policy);
      if (state.phase === "waiting") return observeCandidate(policy, names, state, observation);
      return judgeCandidate(policy, names, state, observation, {
        rollBack: (now, reason) => rollBack(policy, now, reason),
      });
    },
    proceed(policy, state, observation) {
      if (state.phase === "waiting")
        return (
          waitForData(policy, namesOf(policy), state, policy.durationSeconds) ??
          startMirroring(policy, state, observation)
        );
      return holdWhileUnwell(policy, state) ?? complete(policy, state, observation);
    },
    describePending(policy, state, observation) {
      const data = describeMissingData(policy, namesOf(policy), state);
      if (state.phase !== "waiting")
        return [...data, ...describeMissing(policy, state.monitor, evidence(policy, state))];
      const replicas = missingReplicas(policy, state, observation);
      return replicas === undefined ? data : [...data, replicas];
    },
    rollBack,
    excludeGap: excludeGapFromHold,
    resumed: resumeHold,
    evidence,
  },
);

const namesOf = ({ live, shadow }: ShadowPolicy): Pair<string> => ({ candidate: shadow, baseline: live });

function evidence(policy: ShadowPolicy, { monitor }: ShadowState): readonly GateEvidence[] {
  return evidenceOf(policy, namesOf(policy), monitor);
}

function missingReplicas(policy: ShadowPolicy, { monitor }: ShadowState, observation: Observation): string | undefined {
  return describeMissingReplicas(policy.capacity, namesOf(policy), monitor, observation, policy.percent);
}

/** A shadow with too few replicas would fail its latency gates because of overload. */
function startMirroring(policy: ShadowPolicy, before: ShadowState, observation: Observation): Step<ShadowState> {
  const missing = missingReplicas(policy, before, observation);
  if (missing !== undefined) return waitFor(before, "capacity", "waiting-for-capacity", missing);
  const state = {
    ...enterHeldPhase(before, "mirroring"),
    monitor: enterStage(policy, before.monitor, { stage: 0, stages: 1, hasControl: true }),
  };
  const message = `mirroring ${policy.percent}% of the requests to ${policy.shadow}`;
  return { state, events: [eventAt(state, "stage-entered", message)] };
}

function complete(policy: ShadowPolicy, before: ShadowState, observation: Observation): Step<ShadowState> {
  return endHold(policy, namesOf(policy), before, observation, {
    seconds: policy.durationSeconds,
    proceed(passed) {
      const state = enter(before, "passed");
      const elapsed = formatElapsed(before.evaluatedAt - before.enteredAt);
      const message = `${policy.shadow} passed every gate in ${elapsed} of mirroring (${passed})`;
      return { state, events: [eventAt(state, "completed", message)] };
    },
    lack: (missing) => extendHold(policy, namesOf(policy), before, `mirroring to ${policy.shadow}`, missing),
  });
}

function rollBack(policy: ShadowPolicy, before: ShadowState, reason: string): Step<ShadowState> {
  const state = enter(before, "failed");
  const message = `${reason}: mirroring to ${policy.shadow} stopped; no user was exposed to it`;
  return { state, events: [eventAt(state, "rolled-back", message)] };
}
