import type { Bets } from "../../lib/strategies/statistics/concurrent/bets";
import { meanShiftBets } from "../../lib/strategies/statistics/concurrent/mean-shift";
import {
  rateRatioBets,
  type BlockEvents,
  type RateFactors,
} from "../../lib/strategies/statistics/concurrent/rate-ratio";
import { shareRatioBets } from "../../lib/strategies/statistics/concurrent/share-ratio";
import type { Block } from "../../lib/strategies/statistics/concurrent/block";
import { dispersionFactor, NO_DISPERSION, withPair } from "../../lib/strategies/statistics/concurrent/dispersion";
import { binaryLoss } from "../../lib/strategies/statistics/loss-moments";

/** Probabilities of 0 … n events, each with probability p. */
function binomial(n: number, p: number): number[] {
  const all = [(1 - p) ** n];
  for (let k = 1; k <= n; k++) all.push((all[k - 1] ?? 0) * ((n - k + 1) / k) * (p / (1 - p)));
  return all;
}

const blockOf = (n1: number, k1: number, n0: number, k0: number): Block => ({
  candidate: binaryLoss(n1, k1),
  baseline: binaryLoss(n0, k0),
});

const FACTORS: RateFactors = [
  [1.5, 0.4],
  [6, 0.4],
  [40, 0.2],
];

const eventsOf = ({ candidate, baseline }: Block): BlockEvents => ({
  candidateSamples: candidate.samples,
  candidateEvents: candidate.loss,
  baselineSamples: baseline.samples,
  baselineEvents: baseline.loss,
});

const errors = rateRatioBets(FACTORS, 1, eventsOf);

/** Sums over all counts of both tracks. */
function expectFair(bets: Bets, [n1, p1]: readonly [number, number], [n0, p0]: readonly [number, number]): void {
  const sums = bets.logShares.map(() => 0);
  for (const [k1, chance1] of binomial(n1, p1).entries())
    for (const [k0, chance0] of binomial(n0, p0).entries())
      for (const [bet, log] of bets.logFactors(blockOf(n1, k1, n0, k0)).entries())
        sums[bet] = (sums[bet] ?? 0) + chance1 * chance0 * Math.exp(log);
  for (const sum of sums) expect(sum).toBeLessThanOrEqual(1 + 1e-9);
}

const sizes = [
  [1, 19],
  [16, 16],
  [60, 60],
  [150, 20],
] as const;

describe("in a block in which both tracks have the same rate", () => {
  it.each([0.001, 0.05, 0.3, 0.9])("each bet has an expectation of at most 1, at a rate of %d", (rate) => {
    for (const bets of [errors, meanShiftBets(0, 0.4)])
      for (const [n1, n0] of sizes) expectFair(bets, [n1, rate], [n0, rate]);
  });

  it.each([0.001, 0.05, 0.3, 0.9])("so has each bet on a share, whatever share it expects, at a rate of %d", (rate) => {
    for (const allowedRatio of [1, 2.2])
      for (const expected of [0, 0.001, 0.05, 0.6])
        for (const [n1, n0] of sizes)
          expectFair(shareRatioBets(FACTORS, allowedRatio, expected, eventsOf), [n1, rate], [n0, rate / allowedRatio]);
  });

  it("an outage of both tracks does not count as evidence, and one of the candidate alone does", () => {
    const most = (block: Block): number => Math.max(...errors.logFactors(block));
    expect(most(blockOf(20, 20, 380, 380))).toBeLessThanOrEqual(0);
    expect(most(blockOf(20, 10, 380, 4))).toBeGreaterThan(10);
  });

  it("without a baseline nothing is bet", () => {
    expect(errors.logFactors(blockOf(20, 20, 0, 0))).toEqual([0, 0, 0]);
  });
});

describe("the dispersion of losses", () => {
  const after = (losses: readonly number[]): number =>
    dispersionFactor(
      losses.reduce(
        (sum, loss, i) => (i === 0 ? sum : withPair(sum, binaryLoss(100, losses[i - 1] ?? 0), binaryLoss(100, loss))),
        NO_DISPERSION,
      ),
    );

  it("is 1 for losses that come evenly, and about the size of a clump for clumps", () => {
    expect(after([1, 1, 1, 1, 1])).toBe(1);
    expect(after(Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? 10 : 0)))).toBeGreaterThan(8);
    expect(after(Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? 10 : 0)))).toBeLessThan(11);
  });
});
