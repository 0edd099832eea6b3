import fc from "fast-check";
import { bucketOf, bucketOwners, BUCKETS } from "../../lib/strategies/ab-test/buckets";
import { abTest } from "../../lib/strategies/ab-test/strategy";
import { sampleRatioMismatch } from "../../lib/strategies/ab-test/sample-ratio";
import type { AbTestState } from "../../lib/strategies/ab-test/policy";
import type { Decision } from "../../lib/strategies/decision";
import { abPolicy as policy, rates, simulateAbTest, ValuedTrack } from "../support/ab-simulation";
import { gatesFor } from "../support/canary-simulation";

describe("the results of a test", () => {
  const run = (variant: number, requests = 20_000, split?: Record<string, number>) =>
    simulateAbTest({
      seed: 7,
      policy,
      requests,
      requestsPerEvaluation: 200,
      value: rates({ "1.0.0": 0.1, "1.1.0": variant }),
      ...(split && { split }),
    });

  test("a better variant wins, a worse one is reported, and the test runs to its end", () => {
    const better = run(0.13);
    expect(better.phase).toBe("completed");
    expect(better.results).toMatchObject([{ variant: "1.1.0", verdict: "winner" }]);
    const [{ difference } = {}] = better.results;
    expect(difference?.from).toBeGreaterThan(0);
    expect(difference?.from).toBeLessThan(0.03);
    expect(difference?.to).toBeGreaterThan(0.03);
    expect(run(0.07).results).toMatchObject([{ verdict: "worse" }]);
  });

  test("an equal variant is distinguished from one without enough data", () => {
    expect(run(0.1, 400_000).results).toMatchObject([{ verdict: "no-difference" }]);
    expect(run(0.1, 4_000).results).toMatchObject([{ verdict: "not-enough-data" }]);
    expect(run(0.1, 400).results[0]?.summary).toMatch(/^\d+ of 500 values of clicked per variant$/);
  });

  test("with an evaluation every minute, equal variants win no more often than declared", () => {
    const value = rates({ "1.0.0": 0.1, "1.1.0": 0.1 });
    const wins = Array.from({ length: 60 }, (_, seed) =>
      simulateAbTest({ seed, policy, requests: 10_000, requestsPerEvaluation: 50, value }),
    ).filter(({ results }) => results[0]?.verdict === "winner").length;
    // 5% of 60 are 3; 9 or more happen with a probability of one in a thousand.
    expect(wins).toBeLessThan(9);
  });

  test("shares of the requests do not stop a test that does not count users, because few users may cause them", () => {
    const { phase, results } = run(0.1, 20_000, { "1.0.0": 65, "1.1.0": 35 });
    expect(phase).toBe("completed");
    expect(results).toMatchObject([{ unit: "values" }]);
    expect(results[0]?.summary).toMatch(/; users are not counted, so each value counts as another user\)$/);
  });
});

describe("a failed guardrail", () => {
  test("stops the test and sends all traffic to the control", () => {
    const guarded = { ...policy, gates: gatesFor(0.02, 50).filter(({ kind }) => kind.startsWith("error")) };
    const tracks = { "1.0.0": new ValuedTrack(), "1.1.0": new ValuedTrack() };
    let decision: Decision<AbTestState> | undefined;
    const events: string[] = [];
    for (let i = 0; i < 200 && decision?.state.phase !== "stopped"; i++) {
      for (const track of Object.values(tracks)) track.answer(0);
      const counts = Object.entries(tracks).map(([name, track]) => [name, track.counts] as const);
      const [control, variant] = counts.map(([, each]) => each);
      decision = abTest.decide(guarded, decision?.state, {
        at: i,
        tracks: { "1.0.0": control!, "1.1.0": { ...variant!, errors: Math.floor(i / 2) } },
      });
      events.push(...decision.events.map(({ kind }) => kind));
    }
    expect(decision?.weights).toEqual({ "1.0.0": 100, "1.1.0": 0 });
    expect(decision?.state.variants["1.1.0"]?.found).toBe("guardrail-broken");
    expect(events).toEqual(["started", "stage-entered", "gate-failed", "rolled-back"]);
  });
});

describe("the ratio of new users", () => {
  const split = { a: 50, b: 50 };

  test("is fine where chance explains it, and where the difference is too small to matter", () => {
    expect(sampleRatioMismatch(split, { a: 60, b: 40 })).toBeUndefined();
    expect(sampleRatioMismatch(split, { a: 504_000, b: 496_000 })).toBeUndefined();
    expect(sampleRatioMismatch(split, {})).toBeUndefined();
    expect(sampleRatioMismatch({ a: 100, b: 0 }, { a: 10, b: 0 })).toBeUndefined();
  });

  test("is a mismatch where chance cannot explain it", () => {
    expect(sampleRatioMismatch(split, { a: 700, b: 300 })).toEqual({ track: "a", declared: 50, observed: 70 });
    expect(sampleRatioMismatch({ a: 90, b: 10 }, { a: 1000, b: 0 })).toMatchObject({ track: "b", observed: 0 });
  });
});

describe("buckets of users", () => {
  const splits = (tracks: readonly string[]) =>
    fc
      .array(fc.nat(100), { minLength: tracks.length - 1, maxLength: tracks.length - 1 })
      .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 100])
      .map((cuts) => Object.fromEntries(tracks.map((track, i) => [track, (cuts[i + 1] ?? 0) - (cuts[i] ?? 0)])));

  const moved = (a: readonly string[], b: readonly string[]) => a.filter((owner, i) => owner !== b[i]).length;
  const mustMove = (a: Record<string, number>, b: Record<string, number>) =>
    Object.keys(a).reduce((sum, track) => sum + Math.max(0, (a[track] ?? 0) - (b[track] ?? 0)), 0);

  test.each([[["a", "b"]], [["a", "b", "c"]], [["a", "b", "c", "d"]]])(
    "are assigned to %p as the split says",
    (tracks) => {
      fc.assert(
        fc.property(splits(tracks), (split) => {
          const owners = bucketOwners(split);
          expect(owners).toHaveLength(BUCKETS);
          for (const track of tracks) expect(owners.filter((owner) => owner === track)).toHaveLength(split[track] ?? 0);
        }),
      );
    },
  );

  test("of two tracks move only where they must", () => {
    fc.assert(
      fc.property(splits(["a", "b"]), splits(["a", "b"]), (before, after) => {
        expect(moved(bucketOwners(before), bucketOwners(after))).toBe(mustMove(before, after));
      }),
    );
  });

  test("of three tracks move less than 1.5 times as often as they must", () => {
    let [total, needed, worst] = [0, 0, 0];
    for (let a = 0; a <= 100; a += 10)
      for (let b = 0; a + b <= 100; b += 10)
        for (const [from, to] of [
          ["a", "b"],
          ["b", "c"],
          ["c", "a"],
        ] as const) {
          const split = { a, b, c: 100 - a - b };
          if (split[from] < 5) continue;
          const after = { ...split, [from]: split[from] - 5, [to]: split[to] + 5 };
          const count = moved(bucketOwners(split), bucketOwners(after));
          [total, needed, worst] = [total + count, needed + 5, Math.max(worst, count)];
        }
    expect(total / needed).toBeLessThan(1.5);
    expect(worst).toBeLessThanOrEqual(10);
  });

  test("are evenly used, sticky for a user, and independent between experiments", () => {
    const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
    const counts = new Array<number>(BUCKETS).fill(0);
    let same = 0;
    for (const user of users) {
      const bucket = bucketOf(user, "prices");
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      if (bucketOf(user, "colors") === bucket) same++;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    expect(chiSquare).toBeLessThan(160); // 99 degrees of freedom: one in ten thousand
    expect(Math.abs(same - 200)).toBeLessThan(70);
    expect(bucketOf("user-1", "prices")).toBe(bucketOf("user-1", "prices"));
  });
});
