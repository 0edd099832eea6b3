import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Decision } from "../../lib/strategies/decision";
import type { Observation } from "../../lib/strategies/observation";
import { strategyOf, type RolloutPolicy } from "../../lib/strategies/registry";
import { readClock } from "../../lib/strategies/rollout-clock";
import { startAt } from "../../lib/strategies/rollout-state";
import { anyObservations, plausibleObservations, unreadableObservations } from "../support/any-observation";
import { STRATEGY_CASES } from "../support/strategy-cases";

/** Per strategy. Each run is checked in every way, because generating it takes longer than checking it. */
const RUNS = { numRuns: 200 };
const FEWER_RUNS = { numRuns: 60 };
const OUTCOMES: readonly unknown[] = [undefined, "promoted", "rolled-back", "paused", "completed"];

describe.each(STRATEGY_CASES)("what holds for every strategy: $policy.strategy", ({ policy, metrics }) => {
  const strategy = strategyOf(policy);
  const tracks = strategy.tracks(policy);
  const anyRun = fc.oneof(anyObservations(tracks, metrics), plausibleObservations(tracks, metrics));

  function run(observations: readonly Observation[], by: RolloutPolicy = policy): Decision<unknown>[] {
    const decisions: Decision<unknown>[] = [];
    for (const observation of observations) decisions.push(strategy.decide(by, decisions.at(-1)?.state, observation));
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

  test("whatever JSON stands in place of a reading, no strategy fails, and nothing but numbers is counted", () => {
    fc.assert(
      fc.property(unreadableObservations(tracks, metrics), (observations) => {
        const decisions = run(observations);
        for (const decision of decisions) {
          hasValidSplit(decision);
          canBeRead(decision.state);
        }
        staysRolledBack(decisions);
        isReplayed(observations, decisions);
      }),
      FEWER_RUNS,
    );
  });

  test("a track that cannot be read at all is as good as missing", () => {
    const nothing = fc.constantFrom<unknown>(null, "", "5", 0, 7, true, false);
    const anyMissing = fc.array(fc.tuple(fc.constantFrom(...tracks), fc.nat(19), nothing), { maxLength: 8 });
    fc.assert(
      fc.property(plausibleObservations(tracks, metrics), anyMissing, (observations, missing) => {
        const withTracks = (change: (track: string, value: unknown) => object): Observation[] =>
          observations.map((observation, i) => {
            const changed = missing.filter(([, index]) => index === i);
            const rest = Object.entries(observation.tracks).filter(
              ([name]) => !changed.some(([track]) => track === name),
            );
            const others = changed.map(([track, , value]) => change(track, value));
            return {
              ...observation,
              tracks: Object.assign(Object.fromEntries(rest), ...others) as Observation["tracks"],
            };
          });
        const unreadable = run(withTracks((track, value) => ({ [track]: value })));
        expect(unreadable).toEqual(run(withTracks(() => ({}))));
      }),
      FEWER_RUNS,
    );
  });

  test("with a deadline, a rollout has an outcome at the first evaluation at or after it", () => {
    fc.assert(
      fc.property(anyRun, fc.nat(300), (observations, deadlineSeconds) => {
        const decisions = run(observations, { ...policy, deadlineSeconds });
        const times = evaluationTimes(observations);
        const late = decisions.filter((_, i) => (times[i] ?? 0) >= deadlineSeconds);
        for (const { state } of late) expect(strategy.outcome(state)).toBeDefined();
        for (const [i, decision] of decisions.entries()) staysPausedOrRollsBack(decision, decisions[i - 1]);
      }),
      FEWER_RUNS,
    );
  });

  /**
   * Seconds since the start. A clock that runs backwards, or returns NaN, does not move a rollout back, and time in which
   * nothing was observed does not count.
   */
  function evaluationTimes(observations: readonly Observation[]): number[] {
    let clock = startAt(observations[0]?.at ?? 0);
    let gaps = 0;
    return observations.map(({ at }) => {
      const { state, gapSeconds } = readClock(clock, at);
      [clock, gaps] = [state, gaps + gapSeconds];
      return state.evaluatedAt - state.startedAt - gaps;
    });
  }

  /** A pause never turns into a promotion by itself; only a regression moves traffic, away from a candidate. */
  function staysPausedOrRollsBack({ state, weights }: Decision<unknown>, before: Decision<unknown> | undefined): void {
    const baseline = tracks[0] as string;
    const isPaused = strategy.outcome(state) === "paused";
    if (before === undefined || strategy.outcome(before.state) !== "paused") {
      const has = weights[baseline] ?? 0;
      if (isPaused) expect(has).toBeGreaterThanOrEqual((before ?? strategy.opening(policy)).weights[baseline] ?? 0);
      return;
    }
    if (!isPaused) expect(strategy.outcome(state)).toBe("rolled-back");
    const risen = tracks.slice(1).filter((track) => (weights[track] ?? 0) > (before.weights[track] ?? 0));
    expect(risen).toEqual([]);
  }

  test("abort sends all traffic back from any state, and resume continues a paused rollout", () => {
    fc.assert(
      fc.property(anyRun, fc.nat(300), (observations, deadlineSeconds) => {
        const withDeadline = { ...policy, deadlineSeconds };
        for (const { state, weights, mirrors } of run(observations, withDeadline)) {
          const aborted = strategy.abort(withDeadline, state, NaN, "rollback drill");
          staysRolledBack([aborted]);
          expect(strategy.outcome(aborted.state)).toBe("rolled-back");
          expect(strategy.abort(withDeadline, aborted.state, 0, "again").events).toEqual([]);
          const resumed = strategy.resume(withDeadline, state, 1e6);
          const isPaused = strategy.outcome(state) === "paused";
          expect(resumed.events.map(({ kind }) => kind)).toEqual(isPaused ? ["resumed"] : []);
          expect(strategy.outcome(resumed.state)).toBe(isPaused ? undefined : strategy.outcome(state));
          expect({ weights: resumed.weights, mirrors: resumed.mirrors }).toEqual({ weights, mirrors });
        }
      }),
      FEWER_RUNS,
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
