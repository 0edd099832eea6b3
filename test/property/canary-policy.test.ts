import fc from "fast-check";
import { abort, resume } from "../../lib/strategies/canary/commands";
import { decide, evidence } from "../../lib/strategies/canary/decide";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { planCanaryStages, steppedWeights } from "../../lib/strategies/canary/stages";
import type { CanaryState } from "../../lib/strategies/canary/state";
import type { Decision } from "../../lib/strategies/decision";
import type { Observation, TrackCounts } from "../../lib/strategies/observation";
import { policy as base } from "../support/canary-rollout";

/** Any number that a broken exporter could come up with, but for −0, which JSON does not know. */
const anyCount = fc
  .oneof(
    { weight: 6, arbitrary: fc.nat(5000) },
    fc.double(),
    fc.constantFrom(0, -1, NaN, Infinity, -Infinity, 1e300, Number.MAX_VALUE, 0.5),
  )
  .map((count) => count + 0);

const anyTrack: fc.Arbitrary<TrackCounts> = fc.record({
  requests: anyCount,
  errors: anyCount,
  latency: fc.oneof(
    fc.record({ bounds: fc.constant([0.05, 0.1, 0.5]), counts: fc.array(anyCount, { minLength: 4, maxLength: 4 }) }),
    fc.record({ bounds: fc.array(anyCount, { maxLength: 5 }), counts: fc.array(anyCount, { maxLength: 6 }) }),
  ),
  metrics: fc.oneof(
    fc.record({ accuracy: fc.record({ count: anyCount, sum: anyCount, sumOfSquares: anyCount }) }),
    fc.constant({}),
  ),
  readyReplicas: anyCount,
});

const anyObservations: fc.Arbitrary<Observation[]> = fc.array(
  fc.record({
    at: fc.oneof({ weight: 8, arbitrary: fc.nat(2000) }, anyCount),
    tracks: fc.record({ "1.0.0": anyTrack, "1.1.0": anyTrack, other: anyTrack }, { requiredKeys: [] }),
  }),
  { maxLength: 30 },
);

/** What a healthy exporter counts: answers add up, and a share of them may go wrong. */
const few = fc.oneof({ weight: 20, arbitrary: fc.nat(2) }, fc.nat(40));
const addedTrack = fc.record({
  requests: fc.nat(400),
  errors: few,
  slow: few,
  labels: fc.nat(100),
  wrong: few,
});

const plausibleObservations: fc.Arbitrary<Observation[]> = fc
  .array(fc.record({ seconds: fc.nat(90), stable: addedTrack, canary: addedTrack }), { maxLength: 40 })
  .map((looks) => {
    const totals = { stable: [0, 0, 0, 0, 0], canary: [0, 0, 0, 0, 0] };
    let at = 0;
    return looks.map(({ seconds, ...added }) => {
      at += seconds;
      const tracks: Record<string, TrackCounts> = {};
      for (const role of ["stable", "canary"] as const) {
        const { requests, errors, slow, labels, wrong } = added[role];
        const more = [requests, Math.min(errors, requests), Math.min(slow, requests), labels, Math.min(wrong, labels)];
        totals[role] = totals[role].map((total, i) => total + (more[i] ?? 0));
        const [n = 0, k = 0, s = 0, l = 0, w = 0] = totals[role];
        tracks[base[role]] = {
          requests: n,
          errors: k,
          latency: { bounds: [0.05, 0.1, 0.5], counts: [n - s, 0, s, 0] },
          metrics: { accuracy: { count: l, sum: l - w, sumOfSquares: l - w } },
          readyReplicas: 4,
        };
      }
      return { at, tracks };
    });
  });

const anyPolicy: fc.Arbitrary<CanaryPolicy> = fc.record({
  strategy: fc.constant("canary" as const),
  stable: fc.constant(base.stable),
  canary: fc.constant(base.canary),
  stages: fc
    .uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 6 })
    .map((weights) => weights.sort((a, b) => a - b).map((weight) => ({ weight, holdSeconds: 30 }))),
  gates: fc.subarray([...base.gates]),
  minimumSamples: fc.nat(300),
  falseAlarmRate: fc.constantFrom(0.001, 0.01, 0.1),
  onInsufficientData: fc.constantFrom("extend" as const, "pause" as const, "rollback" as const),
  maxExtensions: fc.nat(3),
  capacity: fc.record({ minReadyReplicas: fc.nat(4), shareOfStable: fc.constantFrom(0, 0.5, 1) }),
});

function run(policy: CanaryPolicy, observations: readonly Observation[]): Decision<CanaryState>[] {
  const decisions: Decision<CanaryState>[] = [];
  for (const observation of observations) decisions.push(decide(policy, decisions.at(-1)?.state, observation));
  return decisions;
}

const anyRun = fc.tuple(anyPolicy, fc.oneof(anyObservations, plausibleObservations));

it("weights are whole, from 0 to 100, and sum to 100, whatever is observed", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      for (const { weights } of run(policy, observations)) {
        expect(Object.keys(weights).sort()).toEqual([base.stable, base.canary].sort());
        const [stable = NaN, canary = NaN] = [weights[base.stable], weights[base.canary]];
        expect(Number.isInteger(canary) && canary >= 0 && canary <= 100).toBe(true);
        expect(stable + canary).toBe(100);
      }
    }),
  );
});

it("a canary rises one stage at a time, and never after it was rolled back", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      let before: CanaryState | undefined;
      for (const { state, weights } of run(policy, observations)) {
        expect(state.stage - (before?.stage ?? -1)).toBeGreaterThanOrEqual(0);
        expect(state.stage - (before?.stage ?? -1)).toBeLessThanOrEqual(1);
        if (before?.phase === "rolled-back") {
          expect(state).toEqual(before);
          expect(weights[policy.canary]).toBe(0);
        }
        before = state;
      }
    }),
  );
});

it("no stage is left with a gate that does not pass", () => {
  fc.assert(
    fc.property(anyPolicy, plausibleObservations, (policy, observations) => {
      let before: CanaryState | undefined;
      for (const observation of observations) {
        const { state } = decide(policy, before, observation);
        const left =
          before !== undefined && before.stage >= 0 && (state.stage > before.stage || state.phase === "promoted");
        if (left && before?.phase === "running") {
          // The same look, in a stage that cannot be left, shows what the gates said.
          const held = { ...policy, stages: policy.stages.map((stage) => ({ ...stage, holdSeconds: Infinity })) };
          const { state: seen } = decide(held, before, observation);
          for (const { verdict, samples } of evidence(held, seen)) {
            expect(verdict).toBe("pass");
            expect(samples).toBeGreaterThan(0);
          }
        }
        before = state;
      }
    }),
  );
});

it("replaying the same observations gives the same rollout, also through JSON between two looks", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      const once = run(policy, observations);
      let state: CanaryState | undefined;
      for (const [i, observation] of observations.entries()) {
        const decision = decide(policy, state, observation);
        expect(decision).toEqual(once[i]);
        const text = JSON.stringify(decision.state);
        state = JSON.parse(text) as CanaryState;
        expect(state).toEqual(decision.state);
        expect(text.length).toBeLessThan(20000);
      }
    }),
  );
});

it("evidence, abort and resume answer from any state", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      for (const { state } of run(policy, observations)) {
        for (const { logEvidence, logLimit } of evidence(policy, state)) {
          expect(logEvidence).not.toBeNaN();
          expect(logLimit).toBeGreaterThan(0);
        }
        const aborted = abort(policy, state, NaN, "drill");
        expect(aborted.state.phase).toBe("rolled-back");
        expect(aborted.weights[policy.canary]).toBe(0);
        expect(resume(policy, state, 1e6).state.phase).toBe(state.phase === "paused" ? "running" : state.phase);
      }
    }),
  );
});

it("an observation is not changed, and may be reused by its driver afterwards", () => {
  fc.assert(
    fc.property(plausibleObservations, (observations) => {
      const frozen = structuredClone(observations);
      const states = run(base, observations).map(({ state }) => JSON.stringify(state));
      expect(observations).toEqual(frozen);
      let state: CanaryState | undefined;
      for (const [i, observation] of observations.entries()) {
        state = decide(base, state, observation).state;
        for (const track of Object.values(observation.tracks)) (track.latency.counts as number[]).fill(0);
        expect(JSON.stringify(state)).toBe(states[i]);
      }
    }),
  );
});

it("stages rise by whole weights to the last one exactly", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 100 }),
      (initialWeight, increment, over) => {
        const maxWeight = Math.min(100, initialWeight + over);
        const stages = planCanaryStages(steppedWeights({ initialWeight, increment, maxWeight }), 60);
        const weights = stages.map(({ weight }) => weight);
        expect(weights[0]).toBe(initialWeight);
        expect(weights.at(-1)).toBe(maxWeight);
        for (let i = 1; i < weights.length; i++) {
          const step = (weights[i] ?? NaN) - (weights[i - 1] ?? NaN);
          expect(step > 0 && step <= increment).toBe(true);
        }
        expect(planCanaryStages(weights, 60)).toEqual(stages);
      },
    ),
  );
});
