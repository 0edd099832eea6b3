import type { TrackCounts } from "../../lib/strategies/observation";
import { accumulate, type Tally, type TalliedMetric } from "../../lib/strategies/tally";

const STARS: TalliedMetric = { metric: "stars", lowerBound: 1, upperBound: 5 };

const reading = (change: object = {}): TrackCounts => ({
  requests: 100,
  errors: 1,
  latency: { bounds: [0.1, 1], counts: [90, 9, 1] },
  metrics: { stars: { count: 10, sum: 30, sumOfSquares: 100 } },
  readyReplicas: 2,
  ...change,
});

const after = (...readings: unknown[]): Tally | undefined =>
  readings.reduce<Tally | undefined>((tally, each) => accumulate(tally, each as TrackCounts, [STARS]), undefined);

const stars = (count: number, sum: number, sumOfSquares = sum * 4): object => ({
  metrics: { stars: { count, sum, sumOfSquares } },
});

test.each<[string, unknown]>([
  ["null", null],
  ["a string", "100"],
  ["an empty object", {}],
  ["an empty list", []],
  ["strings", { requests: "200", errors: "2", latency: "fast", metrics: "none", readyReplicas: "9" }],
  ["nulls, which NaN is in JSON", { requests: null, errors: null, latency: null, metrics: null, readyReplicas: null }],
  ["numbers in text", reading({ requests: "200", latency: { bounds: ["0.1", "1"], counts: ["90", "9", "1"] } })],
  ["sums that are null or text", reading({ metrics: { stars: { count: "20", sum: null, sumOfSquares: 100 } } })],
])("a reading of %s changes nothing", (_what, unreadable) => {
  expect(after(reading(), unreadable)).toEqual(after(reading()));
  expect(after(unreadable, reading())).toEqual(after(reading()));
});

test.each<[string, object]>([
  ["requests", { requests: "200" }],
  ["metrics", { metrics: undefined }],
  ["a histogram", { latency: null }],
])("a reading without readable %s still counts the rest", (_what, change) => {
  const next = { requests: 200, latency: { bounds: [0.1, 1], counts: [180, 18, 2] }, ...stars(20, 60, 200) };
  const tally = after(reading(), reading({ ...next, ...change }));
  const lacks = (key: string): boolean => key in change;
  expect(tally?.totals.requests).toBe(lacks("requests") ? 100 : 200);
  expect(tally?.totals.latency.counts).toEqual(lacks("latency") ? [90, 9, 1] : [180, 18, 2]);
  expect(tally?.totals.metrics["stars"]?.count).toBe(lacks("metrics") ? 10 : 20);
});

describe("sums that values within the bounds cannot have", () => {
  test.each([
    ["a mean above the upper bound", stars(20, 81)],
    ["a mean below the lower bound", stars(20, 39)],
  ])("%s are left out", (_what, broken) => {
    const tally = after(reading(), reading(broken));
    expect(tally?.totals.metrics["stars"]).toEqual({ count: 10, sum: 30, sumOfSquares: 100 });
    // What comes after it counts again.
    const { metrics } = broken as TrackCounts;
    const { count = 0, sum = 0, sumOfSquares = 0 } = metrics["stars"] ?? {};
    const next = after(reading(), reading(broken), reading(stars(count + 2, sum + 8, sumOfSquares + 32)));
    expect(next?.totals.metrics["stars"]).toEqual({ count: 12, sum: 38, sumOfSquares: 132 });
  });

  test("values at the bounds count, also when rounding moves their sum", () => {
    expect(after(reading(), reading(stars(12, 40.000001, 150)))?.totals.metrics["stars"]?.count).toBe(12);
    expect(after(reading(), reading(stars(12, 31.999999, 102)))?.totals.metrics["stars"]?.count).toBe(12);
  });

  test("a sum that was read before its count waits for it", () => {
    const tally = after(reading(), reading(stars(10, 34, 116)), reading(stars(11, 34, 116)));
    expect(tally?.totals.metrics["stars"]).toEqual({ count: 11, sum: 34, sumOfSquares: 116 });
  });
});
