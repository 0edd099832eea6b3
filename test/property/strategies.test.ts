import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Decision } from "../../lib/strategies/decision";
import type { Observation } from "../../lib/strategies/observation";
import { strategyOf } from "../../lib/strategies/registry";
import { anyObservations, plausibleObservations } from "../support/any-observation";
import { STRATEGY_CASES } from "../support/strategy-cases";

/** Per strategy. Each run is checked in every way, because generating it takes longer than checking it. */
const RUNS = { numRuns: 1000 };
const OUTCOMES: readonly unknown[] = [undefined, "promoted", "rolled-back", "paused", "completed"];

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

  test("whatever is observed, splits are valid, a rollback is final, and a replay is the same", () => {
    fc.assert(
      fc.property(anyRun, (observations) => {
        const frozen = structuredClone(observations);
        const decisions = run(observations);
        for (const split of [strategy.opening(policy), ...decisions]) hasValidSplit(split);
        staysRolledBack(decisions);
        isReplayed(observations, decisions);
        for (const { state } of decisions) canBeRead(state);
        expect(isDeepStrictEqual(structuredClone(observations), frozen)).toBe(true);
      }),
      RUNS,
    );
  });

  /** Weights are whole, sum to 100 and name the tracks; mirrors do not count. */
  function hasValidSplit({ weights, mirrors = {} }: Pick<Decision<unknown>, "weights" | "mirrors">): void {
    const shares = Object.values(weights);
    const isValid =
      isDeepStrictEqual(Object.keys(weights).sort(), [...tracks].sort()) &&
      shares.every((share) => Number.isInteger(share) && share >= 0 && share <= 100) &&
      shares.reduce((sum, share) => sum + share, 0) === 100 &&
      Object.entries(mirrors).every(([track, share]) => tracks.includes(track) && share >= 0 && share <= 100);
    if (!isValid) expect({ weights, mirrors }).toBe("a valid split");
  }

  function staysRolledBack(decisions: readonly Decision<unknown>[]): void {
    const from = decisions.findIndex(({ state }) => strategy.outcome(state) === "rolled-back");
    for (const { state, weights, mirrors = {} } of from < 0 ? [] : decisions.slice(from)) {
      expect(strategy.outcome(state)).toBe("rolled-back");
      expect(weights[tracks[0] as string]).toBe(100);
      expect(Object.values(mirrors).every((share) => share === 0)).toBe(true);
    }
  }

  /** Also if each state goes through JSON between two evaluations. */
  function isReplayed(observations: readonly Observation[], decisions: readonly Decision<unknown>[]): void {
    let state: unknown;
    for (const [i, observation] of observations.entries()) {
      const decision = strategy.decide(policy, state, observation);
      const text = JSON.stringify(decision.state);
      state = JSON.parse(text);
      // `expect` on thousands of deep objects would take longer than the evaluations themselves.
      if (!isDeepStrictEqual(decision, decisions[i])) expect(decision).toEqual(decisions[i]);
      if (!isDeepStrictEqual(state, decision.state)) expect(state).toEqual(decision.state);
      expect(text.length).toBeLessThan(60_000);
    }
  }

  function canBeRead(state: unknown): void {
    for (const { logEvidence, logLimit, summary } of strategy.evidence(policy, state)) {
      if (Number.isNaN(logEvidence) || !(logLimit > 0))
        expect({ logEvidence, logLimit }).toBe("evidence and its limit");
      if (/undefined|NaN/.test(summary)) expect(summary).toBe("a phrase");
    }
    expect(OUTCOMES).toContain(strategy.outcome(state));
  }
});
