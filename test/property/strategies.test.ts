import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Decision } from "../../lib/strategies/decision";
import type { Observation } from "../../lib/strategies/observation";
import { strategyOf } from "../../lib/strategies/registry";
import { anyObservations, plausibleObservations } from "../support/any-observation";
import { STRATEGY_CASES } from "../support/strategy-cases";

const RUNS = { numRuns: 1000 };

describe.each(STRATEGY_CASES)("what holds for every strategy: $policy.strategy", ({ policy, metrics }) => {
  const strategy = strategyOf(policy);
  const tracks = strategy.tracks(policy);
  const anyRun = fc.oneof(anyObservations(tracks, metrics), plausibleObservations(tracks, metrics));

  function run(observations: readonly Observation[]): Decision<unknown>[] {
    const decisions: Decision<unknown>[] = [];
    for (const observation of observations)
      decisions.push(strategy.decide(policy, decisions.at(-1)?.state, observation));
    return decisions;
  }

  test("weights are whole, sum to 100 and name the tracks, whatever is observed; mirrors are apart", () => {
    fc.assert(
      fc.property(anyRun, (observations) => {
        for (const { weights, mirrors = {} } of [strategy.opening(policy), ...run(observations)]) {
          expect(Object.keys(weights).sort()).toEqual([...tracks].sort());
          const shares = Object.values(weights);
          expect(shares.every((share) => Number.isInteger(share) && share >= 0 && share <= 100)).toBe(true);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
          for (const [track, share] of Object.entries(mirrors)) {
            expect(tracks).toContain(track);
            expect(share >= 0 && share <= 100).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  test("once traffic went back, it stays there", () => {
    fc.assert(
      fc.property(anyRun, (observations) => {
        let back = false;
        for (const { state, weights, mirrors } of run(observations)) {
          if (back) expect(strategy.outcome(state)).toBe("rolled-back");
          back ||= strategy.outcome(state) === "rolled-back";
          if (back) expect(weights[tracks[0] as string]).toBe(100);
          if (back) expect(Object.values(mirrors ?? {}).every((share) => share === 0)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test("replaying the same observations gives the same rollout, also through JSON between two looks", () => {
    fc.assert(
      fc.property(anyRun, (observations) => {
        const frozen = structuredClone(observations);
        const once = run(observations);
        let state: unknown;
        for (const [i, observation] of observations.entries()) {
          const decision = strategy.decide(policy, state, observation);
          const text = JSON.stringify(decision.state);
          state = JSON.parse(text);
          // Its own comparison: `expect` on thousands of deep objects takes longer than what it is about.
          if (!isDeepStrictEqual(decision, once[i])) expect(decision).toEqual(once[i]);
          if (!isDeepStrictEqual(state, decision.state)) expect(state).toEqual(decision.state);
          expect(text.length).toBeLessThan(60_000);
        }
        expect(observations).toEqual(frozen);
      }),
      RUNS,
    );
  });

  test("evidence and outcome answer from any state", () => {
    fc.assert(
      fc.property(anyRun, (observations) => {
        for (const { state } of run(observations)) {
          const unsound = strategy
            .evidence(policy, state)
            .filter(
              ({ logEvidence, logLimit, summary }) =>
                Number.isNaN(logEvidence) || !(logLimit > 0) || /undefined|NaN/.test(summary),
            );
          expect(unsound).toEqual([]);
          expect([undefined, "promoted", "rolled-back", "paused", "completed"]).toContain(strategy.outcome(state));
        }
      }),
      RUNS,
    );
  });
});
