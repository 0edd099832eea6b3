import fc from "fast-check";
import { anytimeHalfWidth } from "../../lib/strategies/statistics/anytime-interval";
import { clusterMean, differenceVariance, pooledDesignEffect } from "../../lib/strategies/statistics/cluster-mean";
import { Random } from "../support/random";

const amount = fc.double({ min: -1000, max: 1000, noNaN: true });
const size = fc.integer({ min: 1, max: 1000 });
const clusters = fc.array(fc.tuple(size, amount), { minLength: 2, maxLength: 40 });
const sumsOf = (list: readonly (readonly [number, number])[]) => ({
  counts: list.map(([count]) => count),
  sums: list.map(([count, mean]) => count * mean),
});

describe("the mean of clusters", () => {
  test("with equal clusters, is the mean of their means, with the sample variance of a mean", () => {
    fc.assert(
      fc.property(size, fc.array(amount, { minLength: 2, maxLength: 40 }), (count, means) => {
        const {
          mean = NaN,
          variance = NaN,
          degreesOfFreedom,
        } = clusterMean(sumsOf(means.map((each) => [count, each]))) ?? {};
        const expected = means.reduce((sum, each) => sum + each, 0) / means.length;
        const squares = means.reduce((sum, each) => sum + (each - expected) ** 2, 0);
        expect(mean).toBeCloseTo(expected, 6);
        expect(variance / (1 + squares)).toBeCloseTo(squares / (means.length - 1) / means.length / (1 + squares), 6);
        expect(degreesOfFreedom).toBeCloseTo(means.length - 1, 6);
      }),
    );
  });

  test("moves with the values, and its variance scales with their square, whatever their unit", () => {
    fc.assert(
      fc.property(clusters, amount, fc.double({ min: 0.01, max: 100, noNaN: true }), (list, shift, scale) => {
        const before = clusterMean(sumsOf(list));
        const after = clusterMean(sumsOf(list.map(([count, mean]) => [count, shift + scale * mean])));
        const unit = 1 + (before?.variance ?? 0);
        expect(after?.mean).toBeCloseTo(shift + scale * (before?.mean ?? NaN), 4);
        expect((after?.variance ?? NaN) / scale ** 2 / unit).toBeCloseTo((before?.variance ?? NaN) / unit, 4);
      }),
    );
  });

  test("has fewer degrees of freedom with a much larger cluster, and none with a single one", () => {
    expect(clusterMean({ counts: [90, 5, 5], sums: [9, 1, 0] })?.degreesOfFreedom).toBeLessThan(0.3);
    expect(clusterMean({ counts: [90], sums: [9] })).toMatchObject({ variance: 0, degreesOfFreedom: 0 });
    expect(clusterMean({ counts: [0, 0], sums: [0, 0] })).toBeUndefined();
  });
});

describe("the variance of a difference", () => {
  const variance = fc.double({ min: 0, max: 10, noNaN: true });
  const means = fc
    .tuple(variance, fc.double({ min: 0.001, max: 10, noNaN: true }), fc.integer({ min: 0, max: 24 }))
    .map(([between, independent, degreesOfFreedom]) => ({
      estimate: { count: 100, mean: 1, variance: between, degreesOfFreedom },
      independent,
    }));

  test("is never less than that of independent values, nor than that between the clusters of both", () => {
    fc.assert(
      fc.property(means, means, (a, b) => {
        const { variance: all } = differenceVariance(a, b);
        expect(all).toBeGreaterThanOrEqual(a.independent + b.independent);
        expect(all).toBeGreaterThanOrEqual(a.estimate.variance + b.estimate.variance);
      }),
    );
  });

  test("uses the design effect of both tracks for one that has a single cluster", () => {
    const many = { estimate: { count: 100, mean: 0.1, variance: 0.03, degreesOfFreedom: 24 }, independent: 0.01 };
    const single = { estimate: { count: 10, mean: 0.1, variance: 0, degreesOfFreedom: 0 }, independent: 0.1 };
    expect(pooledDesignEffect([many, single])).toBeCloseTo(3);
    expect(differenceVariance(many, single).variance).toBeCloseTo(3 * 0.11);
  });
});

describe("an always-valid interval", () => {
  const rule = { variance: 0.0001, scale: 0.05, chance: 0.05 };
  const widthOf = (change: Partial<Parameters<typeof anytimeHalfWidth>[0]>) =>
    anytimeHalfWidth({ ...rule, degreesOfFreedom: 48, ...change });

  test("is wider with fewer clusters, and infinite with so few that they can show nothing", () => {
    const known = widthOf({ degreesOfFreedom: Infinity });
    expect(widthOf({ degreesOfFreedom: 1e9 })).toBeCloseTo(known, 6);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (degreesOfFreedom) => {
        const width = widthOf({ degreesOfFreedom });
        expect(width).toBeGreaterThan(known);
        expect(width).toBeGreaterThanOrEqual(widthOf({ degreesOfFreedom: degreesOfFreedom + 1 }));
      }),
    );
    expect([widthOf({ degreesOfFreedom: 1 }), widthOf({ degreesOfFreedom: 0 })]).toEqual([Infinity, Infinity]);
  });

  test("is wider with a larger variance, and with a smaller chance to miss", () => {
    expect(widthOf({ variance: 0.0002 })).toBeGreaterThan(widthOf({}));
    expect(widthOf({ chance: 0.01 })).toBeGreaterThan(widthOf({}));
    expect(widthOf({ variance: NaN })).toBe(Infinity);
  });

  test("contains the mean of a walk at all evaluations together, when the variance comes from 25 clusters", () => {
    const random = new Random(11);
    const [runs, evaluations] = [300, 60];
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const counts = new Array<number>(25).fill(0);
      const sums = new Array<number>(25).fill(0);
      for (let i = 0, isIn = true; i < evaluations && isIn; i++) {
        sums.forEach((sum, cluster) => {
          counts[cluster] = (counts[cluster] ?? 0) + 1;
          sums[cluster] = sum + random.normal();
        });
        const { mean = NaN, variance = NaN, degreesOfFreedom = 0 } = clusterMean({ counts, sums }) ?? {};
        isIn = Math.abs(mean) <= anytimeHalfWidth({ variance, degreesOfFreedom, scale: 0.1, chance: 0.05 });
        if (!isIn) missed++;
      }
    }
    // 5% of 300 are 15; 26 or more happen with a probability of less than one in two hundred.
    expect(missed).toBeLessThan(26);
  });
});
