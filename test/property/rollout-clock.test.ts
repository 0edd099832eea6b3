import fc from "fast-check";
import type { Decision } from "../../lib/strategies/decision";
import type { Observation } from "../../lib/strategies/observation";
import { readClock } from "../../lib/strategies/rollout-clock";
import { startAt } from "../../lib/strategies/rollout-state";
import { strategyOf } from "../../lib/strategies/registry";
import { plausibleObservations } from "../support/any-observation";
import { STRATEGY_CASES } from "../support/strategy-cases";

const RUNS = { numRuns: 60 };
const DAY = 86_400;

describe.each(STRATEGY_CASES)("$policy.strategy", ({ policy, metrics }) => {
  const strategy = strategyOf(policy);
  const observations = plausibleObservations(strategy.tracks(policy), metrics).filter(({ length }) => length > 1);

  function run(all: readonly Observation[]): Decision<unknown>[] {
    const decisions: Decision<unknown>[] = [];
    for (const observation of all) decisions.push(strategy.decide(policy, decisions.at(-1)?.state, observation));
    return decisions;
  }

  it("is not changed by one observation with a clock far ahead, wherever it comes", () => {
    fc.assert(
      fc.property(observations, fc.nat(), fc.integer({ min: 7200, max: 30 * DAY }), (all, place, ahead) => {
        const after = 1 + (place % (all.length - 1));
        const [before, next] = [all[after - 1] as Observation, all[after] as Observation];
        const wrong = { ...next, at: before.at + ahead };
        const decisions = run([...all.slice(0, after), wrong, ...all.slice(after)]);
        const { weights, mirrors } = decisions[after - 1] as Decision<unknown>;
        expect(decisions[after]).toMatchObject({ weights, events: [], ...(mirrors && { mirrors }) });
        expect([...decisions.slice(0, after), ...decisions.slice(after + 1)]).toEqual(run(all));
      }),
      RUNS,
    );
  });

  it("goes on after a time in which nothing was observed, which does not count as time", () => {
    fc.assert(
      fc.property(observations, fc.nat(), fc.integer({ min: 7200, max: 30 * DAY }), (all, place, gap) => {
        const after = 1 + (place % (all.length - 1));
        const late = all.slice(after).map((observation) => ({ ...observation, at: observation.at + gap }));
        const [before, next] = [all[after - 1] as Observation, late[0] as Observation];
        const decisions = run([...all.slice(0, after), { ...before, at: next.at }, ...late]);
        const [held, resumed] = [decisions[after - 1], decisions[after + 1]] as [Decision<unknown>, Decision<unknown>];
        if (strategy.outcome(held.state) !== undefined) return;
        expect(resumed.events[0]).toMatchObject({ kind: "data-missing", at: next.at });
        expect(resumed.events[0]?.message).toMatch(/^nothing was observed for .*: this time does not count$/);
      }),
      RUNS,
    );
  });
});

describe("a clock", () => {
  const at = (evaluatedAt: number) => ({ ...startAt(0), evaluatedAt });

  it("never runs backwards, and is at most one reading behind", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.integer({ min: 0, max: 100 * DAY }))), (readings) => {
        let state = startAt(0);
        for (const reading of readings) {
          const next = readClock(state, reading);
          expect(next.state.evaluatedAt).toBeGreaterThanOrEqual(state.evaluatedAt);
          expect(Number.isFinite(next.state.evaluatedAt)).toBe(true);
          const again = readClock(next.state, reading);
          expect(again.isPlausible).toBe(true);
          if (Number.isFinite(reading)) expect(again.state.evaluatedAt).toBeGreaterThanOrEqual(reading);
          state = next.state;
        }
      }),
    );
  });

  it("is far ahead from an hour on, or from ten times the longest step", () => {
    expect(readClock(at(0), 3600)).toMatchObject({ isPlausible: true, gapSeconds: 0 });
    expect(readClock(at(0), 3601)).toMatchObject({ isPlausible: false });
    const slow = { ...at(0), longestStep: 3600 };
    expect(readClock(slow, 36_000)).toMatchObject({ isPlausible: true, gapSeconds: 0 });
    expect(readClock(slow, 36_001)).toMatchObject({ isPlausible: false });
  });

  it("is believed by the second reading in a row, and only then", () => {
    const { state: once } = readClock(at(100), 10_000);
    expect(once.evaluatedAt).toBe(100);
    expect(readClock(once, 10_015)).toMatchObject({
      isPlausible: true,
      gapSeconds: 9915,
      state: { evaluatedAt: 10_015 },
    });
    const { state: refuted } = readClock(once, 115);
    expect(refuted).toMatchObject({ evaluatedAt: 115, farAheadBy: 0 });
    expect(readClock(refuted, 10_030).isPlausible).toBe(false);
  });
});
