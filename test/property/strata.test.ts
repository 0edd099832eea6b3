import fc from "fast-check";
import { adjustedDifferences } from "../../lib/strategies/statistics/adjusted-differences";
import { logEvidenceOfDifference } from "../../lib/strategies/statistics/evidence-of-difference";
import { binaryLoss, type LossMoments } from "../../lib/strategies/statistics/loss-moments";
import {
  addStratum,
  discount,
  dispersionOf,
  effectiveStrata,
  NO_DIFFERENCE,
  reverse,
  varianceBetween,
  type StratifiedDifference,
} from "../../lib/strategies/statistics/strata";
import { Random } from "../support/random";
import { binomial } from "../support/streams/sampling";

const RUNS = { numRuns: 500 };

type Stratum = readonly [first: LossMoments, second: LossMoments];

const anyMoments: fc.Arbitrary<LossMoments> = fc
  .record({ samples: fc.nat(500), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ samples, share }) => binaryLoss(samples, Math.round(samples * share)));

const anyStrata: fc.Arbitrary<readonly Stratum[]> = fc.array(fc.tuple(anyMoments, anyMoments), { maxLength: 20 });

const sumUp = (strata: readonly Stratum[]): StratifiedDifference =>
  strata.reduce((sum, [first, second]) => addStratum(sum, first, second), NO_DIFFERENCE);

it("the order of the tracks changes only the sign of the difference", () => {
  fc.assert(
    fc.property(anyStrata, (strata) => {
      const swapped = sumUp(strata.map(([first, second]) => [second, first]));
      const reversed = reverse(sumUp(strata));
      for (const key of ["weight", "difference", "variance", "weights2", "cross", "differences2"] as const)
        expect(swapped[key]).toBeCloseTo(reversed[key], 8);
    }),
    RUNS,
  );
});

it("variances and dispersion are never negative, and evidence is finite and survives a change of sign", () => {
  fc.assert(
    fc.property(anyStrata, fc.double({ min: 1e-6, max: 1, noNaN: true }), (strata, scale) => {
      const sum = sumUp(strata);
      expect(sum.variance).toBeGreaterThanOrEqual(0);
      expect(varianceBetween(sum)).toBeGreaterThanOrEqual(0);
      expect(dispersionOf(sum)).toBeGreaterThanOrEqual(1);
      expect(effectiveStrata(sum)).toBeLessThanOrEqual(strata.length + 1e-9);
      const evidence = logEvidenceOfDifference(sum, scale);
      expect(Number.isFinite(evidence)).toBe(true);
      expect(logEvidenceOfDifference(reverse(sum), scale)).toBeCloseTo(evidence, 9);
    }),
    RUNS,
  );
});

it("a base rate that changes between strata makes no difference, however the traffic was divided", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ n: fc.integer({ min: 1, max: 9 }), m: fc.integer({ min: 1, max: 9 }), rate: fc.nat(100) }), {
        minLength: 1,
        maxLength: 20,
      }),
      (strata) => {
        const sum = sumUp(
          strata.map(({ n, m, rate }) => [binaryLoss(100 * n, n * rate), binaryLoss(100 * m, m * rate)] as const),
        );
        expect(sum.difference).toBeCloseTo(0, 9);
      },
    ),
    RUNS,
  );
});

it("strata that count for less keep their mean difference, and weigh less beside new ones", () => {
  fc.assert(
    fc.property(anyStrata, fc.double({ min: 0.01, max: 1, noNaN: true }), (strata, share) => {
      const sum = sumUp(strata);
      fc.pre(sum.weight > 0);
      const less = discount(sum, share);
      expect(less.difference / less.weight).toBeCloseTo(sum.difference / sum.weight, 9);
      expect(less.weight).toBeCloseTo(share * sum.weight, 9);
      expect(effectiveStrata(less)).toBeCloseTo(effectiveStrata(sum), 6);
      expect(dispersionOf(less)).toBeCloseTo(dispersionOf(sum), 6);
    }),
    RUNS,
  );
});

it("differences that all pairs agree on are found from all of them, and from those that connect the tracks", () => {
  const anyEffects = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(anyEffects, fc.boolean(), (effects, onlyNeighbors) => {
      const pairs = effects.flatMap((effect, first) =>
        effects.slice(first + 1).map((other, i) => {
          const weight = onlyNeighbors && i > 0 ? 0 : 1 + first + i;
          const strata = { ...NO_DIFFERENCE, weight, difference: weight * (effect - other) };
          return { first, second: first + 1 + i, strata };
        }),
      );
      const differences = adjustedDifferences(pairs, effects.length) ?? [];
      expect(differences).toHaveLength(effects.length);
      differences.forEach((difference, i) => {
        expect(difference).toBeCloseTo((effects[i] ?? NaN) - (effects[0] ?? NaN), 9);
      });
    }),
    RUNS,
  );
});

it("tracks that no strata connect are not compared", () => {
  const pairs = [{ first: 0, second: 1, strata: { ...NO_DIFFERENCE, weight: 10, difference: 1 } }];
  expect(adjustedDifferences(pairs, 3)).toBeUndefined();
});

describe("evidence of a difference", () => {
  /** The largest evidence at any of 200 evaluations. */
  function largestEvidence(rate: number, otherRate: number, clump: number, seed: number): number {
    const random = new Random(seed);
    let [sum, largest] = [NO_DIFFERENCE, -Infinity];
    for (let stratum = 0; stratum < 200; stratum++) {
      const draw = (samples: number, chance: number) =>
        binaryLoss(samples, clump * binomial(random, samples / clump, chance));
      sum = addStratum(sum, draw(400, rate), draw(stratum < 20 ? 400 : 40, otherRate));
      largest = Math.max(largest, logEvidenceOfDifference(sum, 0.03));
    }
    return largest;
  }
  const shareAbove = (probability: number, rate: number, otherRate: number, clump: number): number => {
    const runs = 400;
    const seeds = Array.from({ length: runs }, (_, seed) => seed);
    const isAbove = (seed: number) => largestEvidence(rate, otherRate, clump, seed) > Math.log(1 / probability);
    return seeds.filter(isAbove).length / runs;
  };

  // The probability is 5% at most; 2.2% is two standard errors of 400 simulations.
  it.each([1, 4, 20])("exceeds 1/p with a probability of at most p between equal tracks: clumps of %i", (clump) => {
    expect(shareAbove(0.05, 0.03, 0.03, clump)).toBeLessThanOrEqual(0.072);
  });

  it("exceeds it nearly always between different tracks", () => {
    expect(shareAbove(0.05, 0.03, 0.05, 1)).toBeGreaterThan(0.95);
  });
});
