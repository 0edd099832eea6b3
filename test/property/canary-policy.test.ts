import fc from "fast-check";
import { canary } from "../../lib/strategies/canary/strategy";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { planCanaryStages, steppedWeights } from "../../lib/strategies/canary/stages";
import type { CanaryState } from "../../lib/strategies/canary/policy";
import type { Decision } from "../../lib/strategies/decision";
import type { Observation } from "../../lib/strategies/observation";
import { anyObservations, plausibleObservations } from "../support/any-observation";
import { policy as base } from "../support/canary-rollout";

const TRACKS = [base.stable, base.canary];
const METRICS = ["accuracy"];
const plausible = plausibleObservations(TRACKS, METRICS);

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
  for (const observation of observations) decisions.push(canary.decide(policy, decisions.at(-1)?.state, observation));
  return decisions;
}

const anyRun = fc.tuple(anyPolicy, fc.oneof(anyObservations(TRACKS, METRICS), plausible));

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

it("no stage ends with a gate that does not pass", () => {
  fc.assert(
    fc.property(anyPolicy, plausible, (policy, observations) => {
      let before: CanaryState | undefined;
      for (const observation of observations) {
        const { state } = canary.decide(policy, before, observation);
        const left =
          before !== undefined && before.stage >= 0 && (state.stage > before.stage || state.phase === "promoted");
        if (left && before?.phase === "running") {
          // The same evaluation in a stage that cannot end shows the verdicts of the gates.
          const held = { ...policy, stages: policy.stages.map((stage) => ({ ...stage, holdSeconds: Infinity })) };
          const { state: after } = canary.decide(held, before, observation);
          for (const { verdict, samples } of canary.evidence(held, after)) {
            expect(verdict).toBe("pass");
            expect(samples).toBeGreaterThan(0);
          }
        }
        before = state;
      }
    }),
  );
});

it("replaying the same observations gives the same rollout, also through JSON between two evaluations", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      const once = run(policy, observations);
      let state: CanaryState | undefined;
      for (const [i, observation] of observations.entries()) {
        const decision = canary.decide(policy, state, observation);
        expect(decision).toEqual(once[i]);
        const text = JSON.stringify(decision.state);
        state = JSON.parse(text) as CanaryState;
        expect(state).toEqual(decision.state);
        expect(text.length).toBeLessThan(20000);
      }
    }),
  );
});

it("evidence, abort and resume work in any state", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      for (const { state } of run(policy, observations)) {
        for (const { logEvidence, logLimit } of canary.evidence(policy, state)) {
          expect(logEvidence).not.toBeNaN();
          expect(logLimit).toBeGreaterThan(0);
        }
        const aborted = canary.abort(policy, state, NaN, "rollback drill");
        expect(aborted.state.phase).toBe("rolled-back");
        expect(aborted.weights[policy.canary]).toBe(0);
        const resumed = canary.resume(policy, state, 1e6).state;
        expect(resumed).toMatchObject({ phase: state.phase, paused: false });
      }
    }),
  );
});

it("an observation is not changed, and its driver may reuse it afterwards", () => {
  fc.assert(
    fc.property(plausible, (observations) => {
      const frozen = structuredClone(observations);
      const states = run(base, observations).map(({ state }) => JSON.stringify(state));
      expect(observations).toEqual(frozen);
      let state: CanaryState | undefined;
      for (const [i, observation] of observations.entries()) {
        state = canary.decide(base, state, observation).state;
        for (const track of Object.values(observation.tracks)) (track.latency.counts as number[]).fill(0);
        expect(JSON.stringify(state)).toBe(states[i]);
      }
    }),
  );
});

it("weights increase in whole percent to exactly the last one", () => {
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
