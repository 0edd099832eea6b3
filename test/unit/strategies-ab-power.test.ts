import { largestDeviation, powerOf, testLength, valuesPerVariant } from "../../lib/strategies/ab-test/power";
import { abPolicy as policy, rates, simulateAbTest } from "../support/ab-simulation";

const question = { mean: 0.1, deviation: 0.3, effect: 0.05, chance: 0.05, power: 0.8 };

describe("values that a test needs", () => {
  test("find the effect with the requested power, with interim looks", () => {
    const values = valuesPerVariant(question);
    const tests = Array.from({ length: 200 }, (_, seed) =>
      simulateAbTest({
        seed,
        policy: { ...policy, metric: { ...policy.metric, minimumEffect: 0.5, minimumSamples: 100 } },
        requests: 2 * values,
        requestsPerEvaluation: 100,
        value: rates({ "1.0.0": 0.1, "1.1.0": 0.15 }),
      }),
    );
    const found = tests.filter(({ results }) => results[0]?.verdict === "winner").length / tests.length;
    // Three standard errors of 80% in 200 tests are 8.5%.
    expect(found).toBeGreaterThan(0.715);
    expect(found).toBeLessThan(0.885);
  });

  test("are between once and twice those of a test with a single look", () => {
    for (const effect of [0.001, 0.01, 0.03]) {
      const single = (2 * question.deviation ** 2 * (1.96 + 0.8416) ** 2) / effect ** 2;
      const ratio = valuesPerVariant({ ...question, effect }) / single;
      expect(ratio).toBeGreaterThan(1.6);
      expect(ratio).toBeLessThan(2);
    }
  });

  test("increase with a smaller effect, a smaller false-win rate and more power", () => {
    const values = valuesPerVariant(question);
    expect(valuesPerVariant({ ...question, effect: 0.025 })).toBeGreaterThan(3 * values);
    expect(valuesPerVariant({ ...question, chance: 0.01 })).toBeGreaterThan(values);
    expect(valuesPerVariant({ ...question, power: 0.9 })).toBeGreaterThan(values);
    expect(powerOf(question, values)).toBeCloseTo(0.8, 2);
  });

  test("are the same for a negative effect, and infinite for none", () => {
    expect(valuesPerVariant({ ...question, effect: -0.05 })).toBe(valuesPerVariant(question));
    expect(valuesPerVariant({ ...question, effect: 0 })).toBe(Infinity);
    expect(valuesPerVariant({ ...question, mean: 0 })).toBe(Infinity);
  });
});

describe("the length of a test", () => {
  const expected = { valuesPerSecond: 10, mean: 0.1, deviation: largestDeviation(0.1, policy.metric) };

  test("ends when the variant with the smallest share has enough values", () => {
    expect(expected.deviation).toBeCloseTo(0.3);
    const even = testLength(policy, expected);
    expect(even.seconds).toBeCloseTo(even.values / 5);
    const uneven = testLength({ ...policy, split: { "1.0.0": 90, "1.1.0": 10 } }, expected);
    expect(uneven).toEqual({ values: even.values, seconds: even.values });
  });

  test("increases with the number of variants, and has at least the minimum samples of the metric", () => {
    const split = { "1.0.0": 34, "1.1.0": 33, "1.2.0": 33 };
    const three = testLength({ ...policy, variants: Object.keys(split), split }, expected);
    expect(three.values).toBeGreaterThan(testLength(policy, expected).values);
    const metric = { ...policy.metric, minimumSamples: 1_000_000 };
    expect(testLength({ ...policy, metric }, expected).values).toBe(1_000_000);
  });
});
