import type { BanditPolicy } from "../../lib/strategies/bandit/policy";
import { simulateRewards, type RewardResult } from "../support/rewards/reward-simulation";
import {
  changingStreams,
  differentStreams,
  equalStreams,
  streamWith,
  type NamedStream,
} from "../support/rewards/reward-streams";

jest.setTimeout(120_000);

function days(
  stream: NamedStream | undefined,
  algorithm: BanditPolicy["algorithm"] = "thompson",
  runs = 1,
): RewardResult[] {
  if (stream === undefined) throw new Error("there is no such stream");
  return Array.from({ length: runs }, (_, seed) => simulateRewards(streamWith(stream, algorithm), seed));
}

const named = (streams: readonly NamedStream[], name: string): NamedStream | undefined =>
  streams.find((stream) => stream.name === name);

const movesPerDay = (results: readonly RewardResult[]): number =>
  results.reduce((sum, { moves }) => sum + moves, 0) / results.length;

describe("between equal arms", () => {
  it.each(equalStreams.map(({ name }) => name))("no arm is called the best: %s", (name) => {
    const results = days(named(equalStreams, name));
    expect(results.flatMap(({ verdicts }) => verdicts)).toEqual([]);
    expect(Math.max(...results.map(({ stateBytes }) => stateBytes))).toBeLessThan(16_000);
  });

  it.each(["thompson", "epsilonGreedy", "ucb"] as const)("the split seldom moves: %s", (algorithm) => {
    expect(movesPerDay(days(named(equalStreams, "steady"), algorithm, 3))).toBeLessThanOrEqual(12);
  });
});

describe("a better arm", () => {
  it.each(["thompson", "epsilonGreedy", "ucb"] as const)(
    "gets most of the traffic while the base rate rises: %s",
    (algorithm) => {
      for (const { weights } of days(named(changingStreams, "2.6% and 2%, rising base rate"), algorithm))
        expect(weights["1.0.0"]).toBeGreaterThan(50);
    },
  );

  it("is called the best arm once that is certain", () => {
    const stream: NamedStream = { name: "3% and 5%", rates: () => ({ "1.0.0": 0.03, "1.1.0": 0.05 }) };
    for (const { verdicts } of days(stream)) expect(verdicts).toEqual([true]);
  });

  it("is found again after the arms swap, with a half-life", () => {
    for (const { weights } of days(named(differentStreams, "swap at noon, half-life 3h")))
      expect(weights["1.1.0"]).toBeGreaterThan(50);
  });
});
