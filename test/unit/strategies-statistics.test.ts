import { evidenceOverLimit } from "../../lib/strategies/statistics/bernoulli";
import { logEvidenceOfHigherMean } from "../../lib/strategies/statistics/mean";
import { excessOverLimit, excessOverMean, excessOverShare } from "../../lib/strategies/statistics/excess";
import { boundNear, quantileOf, slowerThan, slowerThanBound } from "../../lib/strategies/statistics/quantile";
import { binaryLoss, type LossMoments } from "../../lib/strategies/statistics/loss-moments";
import { logEvidenceOfLowerSuccessRate, logEvidenceOfHigherRate } from "../../lib/strategies/statistics/two-sample";

/** Probabilities of 0 … n events, each with probability p. */
function binomial(n: number, p: number): number[] {
  const all = [(1 - p) ** n];
  for (let k = 1; k <= n; k++) all.push((all[k - 1] ?? 0) * ((n - k + 1) / k) * (p / (1 - p)));
  return all;
}

/** Exact expectation of the evidence when both tracks have the same rate. */
function expectationOfEqual(
  evidence: (track: LossMoments, baseline: LossMoments) => number,
  n1: number,
  n0: number,
  p: number,
): number {
  let sum = 0;
  for (const [k1, chance1] of binomial(n1, p).entries())
    for (const [k0, chance0] of binomial(n0, p).entries())
      sum += chance1 * chance0 * Math.exp(evidence(binaryLoss(n1, k1), binaryLoss(n0, k0)));
  return sum;
}

const rates = [0.001, 0.01, 0.05, 0.3, 0.7, 0.99];
const sizes = [
  [1, 1],
  [1, 19],
  [10, 190],
  [60, 60],
  [150, 20],
] as const;

describe("evidence of a regression has an expectation of at most 1 where there is none", () => {
  it.each(rates)("over a limit, at a rate of %d", (limit) => {
    for (const n of [1, 7, 50, 400])
      for (const rate of [limit, limit * 0.7, limit * 0.1]) {
        const evidence = evidenceOverLimit(limit);
        const expectation = binomial(n, rate)
          .map((chance, k) => Math.exp(Math.log(chance) + evidence(binaryLoss(n, k))))
          .reduce((sum, part) => sum + part);
        expect(expectation).toBeLessThanOrEqual(1 + 1e-9);
      }
  });

  it.each(rates)("of one track against another, at a rate of %d", (rate) => {
    for (const [n1, n0] of sizes) {
      expect(expectationOfEqual(logEvidenceOfHigherRate, n1, n0, rate)).toBeLessThanOrEqual(1 + 1e-9);
      expect(expectationOfEqual(logEvidenceOfLowerSuccessRate, n1, n0, rate)).toBeLessThanOrEqual(1 + 1e-9);
      const higherMean = (track: LossMoments, baseline: LossMoments): number =>
        logEvidenceOfHigherMean(track, baseline, 0.4);
      expect(expectationOfEqual(higherMean, n1, n0, rate)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it.each([0.1, 0.5, 0.9])("of a mean of values between 0 and 1, with a reference of %d", (reference) => {
    const values = [0.2, 0.5, 0.6];
    const sumsOf = (samples: readonly number[]): LossMoments => ({
      samples: samples.length,
      loss: samples.reduce((sum, x) => sum + x, 0),
      squares: samples.reduce((sum, x) => sum + x * x, 0),
    });
    const triples = values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c])));
    let sum = 0;
    for (const track of triples)
      for (const baseline of triples)
        sum += Math.exp(logEvidenceOfHigherMean(sumsOf(track), sumsOf(baseline), reference));
    expect(sum / triples.length ** 2).toBeLessThanOrEqual(1 + 1e-9);
  });
});

describe("evidence of a regression grows where there is one", () => {
  it("with every error over the limit, and falls with every success", () => {
    const evidence = evidenceOverLimit(0.01);
    expect(evidence(binaryLoss(60, 6))).toBeGreaterThan(evidence(binaryLoss(60, 5)));
    expect(evidence(binaryLoss(61, 6))).toBeLessThan(evidence(binaryLoss(60, 6)));
    expect(evidence(binaryLoss(60, 6))).toBeGreaterThan(Math.log(500));
  });

  it("faster with more samples of the other track", () => {
    const little = logEvidenceOfHigherRate(binaryLoss(60, 6), binaryLoss(200, 2));
    const much = logEvidenceOfHigherRate(binaryLoss(60, 6), binaryLoss(20000, 200));
    expect(much).toBeGreaterThan(little + 2);
  });

  it("for values with a small variance, where events alone would not show it", () => {
    const around = (samples: number, mean: number): LossMoments => ({
      samples,
      loss: samples * mean,
      squares: samples * (mean * mean + 0.05 ** 2),
    });
    const evidence = logEvidenceOfHigherMean(around(1000, 0.55), around(10000, 0.5), 0.5);
    expect(evidence).toBeGreaterThan(Math.log(10000));
    expect(logEvidenceOfHigherRate(around(1000, 0.55), around(10000, 0.5))).toBeLessThan(Math.log(10));
  });

  it("is never infinite or undefined, whatever the counts", () => {
    for (const limit of [0, 0.5, 1, 2]) expect(evidenceOverLimit(limit)(binaryLoss(1e9, 1e9))).not.toBeNaN();
    for (const [track, baseline] of [
      [binaryLoss(0, 0), binaryLoss(0, 0)],
      [binaryLoss(1e9, 1e9), binaryLoss(1, 0)],
      [binaryLoss(1e9, 0), binaryLoss(0, 0)],
      [binaryLoss(5, 5), binaryLoss(1e12, 0)],
    ] as const) {
      expect(Number.isFinite(logEvidenceOfHigherRate(track, baseline))).toBe(true);
      expect(Number.isFinite(logEvidenceOfLowerSuccessRate(track, baseline))).toBe(true);
      expect(Number.isFinite(logEvidenceOfHigherMean(track, baseline, 0.5))).toBe(true);
    }
  });
});

describe("the excess over what is allowed", () => {
  it("is 0 within the limit, and about the normal z-score beyond it", () => {
    expect(excessOverLimit(binaryLoss(1000, 10), 0.01)).toBe(0);
    expect(excessOverLimit(binaryLoss(10000, 130), 0.01)).toBeCloseTo(3, 0);
    expect(excessOverShare(binaryLoss(1000, 12), binaryLoss(10000, 100), 1.2)).toBe(0);
    expect(excessOverShare(binaryLoss(10000, 260), binaryLoss(10000, 200), 1)).toBeCloseTo(2.8, 1);
    expect(excessOverMean(binaryLoss(1000, 500), binaryLoss(1000, 440), 0.01)).toBeCloseTo(2.2, 1);
  });

  it("is small for a single event", () => {
    expect(excessOverLimit(binaryLoss(200, 1), 0.001)).toBeLessThan(1.3);
    expect(excessOverShare(binaryLoss(200, 1), binaryLoss(4000, 0), 1)).toBeLessThan(2.5);
  });
});

describe("quantiles of a histogram", () => {
  const histogram = { bounds: [0.1, 0.2, 0.4], counts: [50, 40, 8, 2] };

  it("are interpolated inside a bucket, as by Prometheus", () => {
    expect(quantileOf(histogram, 0.5)).toBeCloseTo(0.1);
    expect(quantileOf(histogram, 0.7)).toBeCloseTo(0.15);
    expect(quantileOf(histogram, 0.94)).toBeCloseTo(0.3);
    expect(quantileOf(histogram, 0.99)).toBe(0.4);
    expect(quantileOf({ bounds: [0.1], counts: [0, 0] }, 0.5)).toBeUndefined();
  });

  it("agree with the share of slower requests", () => {
    for (const quantile of [0.2, 0.5, 0.8, 0.95])
      expect(slowerThan(histogram, quantileOf(histogram, quantile) ?? 0).loss).toBeCloseTo(100 * (1 - quantile));
    expect(slowerThanBound(histogram, 1)).toMatchObject({ samples: 100, loss: 10 });
    expect(slowerThan(histogram, 9)).toMatchObject({ samples: 100, loss: 2 });
  });

  it("are compared at a bound with enough requests beyond it", () => {
    expect(boundNear(histogram, 0.95)).toBe(1);
    expect(boundNear(histogram, 0.9)).toBe(1);
    expect(boundNear({ bounds: [0.1, 0.2], counts: [100, 0, 0] }, 0.95)).toBe(0);
    expect(boundNear({ bounds: [0.1, 0.2], counts: [0, 0, 100] }, 0.95)).toBe(1);
    expect(boundNear({ bounds: [0.1], counts: [0, 0] }, 0.95)).toBeUndefined();
  });
});
