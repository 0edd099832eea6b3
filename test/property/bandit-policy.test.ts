import fc from "fast-check";
import { bandit } from "../../lib/strategies/bandit/strategy";
import { probabilitiesOfBest } from "../../lib/strategies/bandit/algorithms";
import { beliefsOf } from "../../lib/strategies/bandit/beliefs";
import type { BanditPolicy } from "../../lib/strategies/bandit/policy";
import { moveTowards, withoutArm } from "../../lib/strategies/bandit/split";
import { evenSplit } from "../../lib/strategies/even-split";
import type { BanditState } from "../../lib/strategies/bandit/policy";
import type { Decision, Weights } from "../../lib/strategies/decision";
import type { Observation } from "../../lib/strategies/observation";
import { probabilitiesOfLargest } from "../../lib/strategies/statistics/beta";
import { anyObservations, plausibleObservations } from "../support/any-observation";
import { banditPolicy } from "../support/bandit-simulation";
import { gatesFor } from "../support/canary-simulation";

const RUNS = { numRuns: 200 };
const ARMS = ["1.0.0", "1.1.0", "1.2.0", "2.0.0"];
const METRICS = ["clicked", "accuracy"];

/** Any whole percentages that sum to 100, each at least a minimum. */
const anySplit = (arms: readonly string[], least: number): fc.Arbitrary<Weights> =>
  fc.array(fc.nat(1000), { minLength: arms.length, maxLength: arms.length }).map((parts) => {
    const sum = parts.reduce((a, b) => a + b, 0) + arms.length;
    const spare = 100 - least * arms.length;
    const whole = parts.map((part) => least + Math.floor((spare * (part + 1)) / sum));
    const left = 100 - whole.reduce((a, b) => a + b, 0);
    return Object.fromEntries(arms.map((arm, i) => [arm, (whole[i] ?? 0) + (i === 0 ? left : 0)]));
  });

const anyPolicy: fc.Arbitrary<BanditPolicy> = fc
  .record({ arms: fc.constantFrom(ARMS.slice(0, 2), ARMS.slice(0, 3), ARMS), floor: fc.integer({ min: 1, max: 25 }) })
  .chain(({ arms, floor }) =>
    fc.record(
      {
        strategy: fc.constant("bandit" as const),
        arms: fc.constant(arms),
        floor: fc.constant(floor),
        warmUp: anySplit(arms, floor),
        reward: fc.constantFrom(banditPolicy.reward, {
          ...banditPolicy.reward,
          direction: "lowerIsBetter" as const,
          upperBound: 20,
        }),
        algorithm: fc.constantFrom("thompson" as const, "epsilonGreedy" as const, "ucb" as const),
        epsilon: fc.constantFrom(0, 0.1, 1),
        exploration: fc.constantFrom(0, 1, 5),
        minimumRewards: fc.nat(200),
        maxStep: fc.integer({ min: 1, max: 100 }),
        updateEverySeconds: fc.integer({ min: 1, max: 120 }),
        halfLifeSeconds: fc.integer({ min: 1, max: 5000 }),
        durationSeconds: fc.integer({ min: 1, max: 5000 }),
        minReadyReplicas: fc.nat(4),
        gates: fc.subarray([...gatesFor(0.02, 50)]),
        minimumSamples: fc.nat(300),
        falseAlarmRate: fc.constantFrom(0.001, 0.01, 0.1),
      },
      {
        requiredKeys: [
          "strategy",
          "arms",
          "floor",
          "warmUp",
          "reward",
          "algorithm",
          "epsilon",
          "exploration",
          "minimumRewards",
          "maxStep",
          "updateEverySeconds",
          "minReadyReplicas",
          "gates",
          "minimumSamples",
          "falseAlarmRate",
        ],
      },
    ),
  ) as fc.Arbitrary<BanditPolicy>;

const anyRun = anyPolicy.chain((policy) =>
  fc.tuple(
    fc.constant(policy),
    fc.oneof(anyObservations(policy.arms, METRICS), plausibleObservations(policy.arms, METRICS)),
  ),
);

function run(policy: BanditPolicy, observations: readonly Observation[]): Decision<BanditState>[] {
  const decisions: Decision<BanditState>[] = [];
  for (const observation of observations) decisions.push(bandit.decide(policy, decisions.at(-1)?.state, observation));
  return decisions;
}

const removedArms = ({ arms }: BanditState): string[] => Object.keys(arms).filter((arm) => arms[arm]?.removed === true);

it("weights are whole, sum to 100, and stay above the floor while the arm is active", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      for (const { state, weights } of run(policy, observations)) {
        expect(Object.keys(weights).sort()).toEqual([...policy.arms].sort());
        expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(100);
        expect(Object.values(weights).every(Number.isInteger)).toBe(true);
        if (state.phase === "waiting") continue;
        const removed = removedArms(state);
        for (const arm of policy.arms) {
          if (removed.includes(arm)) expect(weights[arm]).toBe(0);
          else expect(weights[arm]).toBeGreaterThanOrEqual(policy.floor);
        }
      }
    }),
    RUNS,
  );
});

it("rewards move the split by at most one step, and not before an update is due", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      let before: Decision<BanditState> | undefined;
      for (const decision of run(policy, observations)) {
        const sameArms =
          before !== undefined && removedArms(before.state).length === removedArms(decision.state).length;
        if (sameArms && before?.state.phase !== "waiting") {
          const steps = policy.arms.map((arm) => (decision.weights[arm] ?? 0) - (before?.weights[arm] ?? 0));
          expect(Math.max(...steps.map(Math.abs))).toBeLessThanOrEqual(policy.maxStep);
          const since = decision.state.evaluatedAt - (before?.state.updatedAt ?? 0);
          if (before?.state.phase === "running" && since < policy.updateEverySeconds)
            expect(decision.weights).toEqual(before.weights);
        }
        before = decision;
      }
    }),
    RUNS,
  );
});

it("an arm that failed a gate never gets traffic again; the baseline is never removed", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      const out = new Set<string>();
      for (const { state, weights, events } of run(policy, observations)) {
        for (const arm of out) expect(weights[arm]).toBe(0);
        for (const arm of removedArms(state)) out.add(arm);
        expect(removedArms(state).sort()).toEqual([...out].sort());
        expect(out.has(policy.arms[0] as string)).toBe(false);
        expect(state.phase === "rolled-back").toBe(out.size === policy.arms.length - 1);
        const failed = events.filter(({ kind }) => kind === "gate-failed").length;
        expect(events.filter(({ kind }) => kind === "arm-removed")).toHaveLength(failed);
      }
    }),
    RUNS,
  );
});

it("replaying the same observations gives the same bandit, also through JSON between two evaluations", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      const once = run(policy, observations);
      let state: BanditState | undefined;
      for (const [i, observation] of observations.entries()) {
        const decision = bandit.decide(policy, state, observation);
        const text = JSON.stringify(decision);
        expect(text).toBe(JSON.stringify(once[i]));
        expect(text).not.toMatch(/undefined|NaN|null/);
        state = (JSON.parse(text) as Decision<BanditState>).state;
      }
    }),
    RUNS,
  );
});

it("beliefs stay within the bounds of the rewards, and the probabilities of being the best sum to 1", () => {
  fc.assert(
    fc.property(anyRun, ([policy, observations]) => {
      const last = run(policy, observations).at(-1);
      if (last === undefined) return;
      const beliefs = beliefsOf(policy, last.state, policy.arms);
      expect(probabilitiesOfBest(beliefs).reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9);
      for (const { mean, samples } of beliefs) {
        expect(mean >= 0 && mean <= 1).toBe(true);
        expect(Number.isFinite(samples) && samples >= 0).toBe(true);
      }
    }),
    RUNS,
  );
});

describe("a split", () => {
  const shares = (arms: readonly string[]) =>
    anySplit(arms, 0).map((split) => new Map(arms.map((arm) => [arm, (split[arm] ?? 0) / 100])));

  it("converges to the wanted shares, as close as the floor allows", () => {
    fc.assert(
      fc.property(anySplit(ARMS, 5), shares(ARMS), fc.integer({ min: 1, max: 100 }), (from, wanted, maxStep) => {
        let weights = from;
        for (let move = 0; move < 100 / maxStep; move++)
          weights = moveTowards(weights, wanted, { floor: 5, maxStep }, new Set());
        expect(moveTowards(weights, wanted, { floor: 5, maxStep }, new Set())).toEqual(weights);
        const belowFloor = [...wanted.values()].filter((share) => share < 0.05).length;
        for (const [arm, share] of wanted) {
          const weight = weights[arm] ?? 0;
          expect(weight).toBeLessThanOrEqual(Math.max(5, Math.round(share * 100)));
          if (belowFloor === 0) expect(weight).toBe(Math.round(share * 100));
        }
      }),
      RUNS,
    );
  });

  it("without an arm, sends its share back to the baseline and leaves the others as they are", () => {
    fc.assert(
      fc.property(anySplit(ARMS, 1), fc.constantFrom(...ARMS.slice(1)), (before, removed) => {
        const after = withoutArm(before, removed, "1.0.0");
        for (const arm of ARMS.slice(1)) expect(after[arm]).toBe(arm === removed ? 0 : before[arm]);
        expect(after["1.0.0"]).toBe((before["1.0.0"] ?? 0) + (before[removed] ?? 0));
      }),
      RUNS,
    );
  });

  it("is even to within a percent", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (arms) => {
        const weights = Object.values(evenSplit(Array.from({ length: arms }, (_, i) => `arm-${i}`)));
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(100);
        expect(Math.max(...weights) - Math.min(...weights)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

it("the probability that one of two rates is the largest equals the exact sum", () => {
  // P(B > A) for A ~ Beta(a, b) and B ~ Beta(c, d) with whole numbers, as a finite sum of beta functions.
  const logFactorials = [0];
  for (let n = 1; n <= 400; n++) logFactorials.push((logFactorials[n - 1] ?? 0) + Math.log(n));
  const logBeta = (x: number, y: number): number =>
    (logFactorials[x - 1] ?? NaN) + (logFactorials[y - 1] ?? NaN) - (logFactorials[x + y - 1] ?? NaN);
  const exact = (a: number, b: number, c: number, d: number): number => {
    let sum = 0;
    for (let i = 0; i < c; i++)
      sum += Math.exp(logBeta(a + i, b + d) - Math.log(d + i) - logBeta(1 + i, d) - logBeta(a, b));
    return sum;
  };
  const anyWhole = fc.integer({ min: 1, max: 90 });
  fc.assert(
    fc.property(anyWhole, anyWhole, anyWhole, anyWhole, (a, b, c, d) => {
      const [, second = NaN] = probabilitiesOfLargest([
        { alpha: a, beta: b },
        { alpha: c, beta: d },
      ]);
      expect(Math.abs(second - exact(a, b, c, d))).toBeLessThan(0.001);
    }),
    RUNS,
  );
});
