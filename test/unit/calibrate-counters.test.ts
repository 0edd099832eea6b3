import { historyOf, type PodCounters } from "../../lib/drivers/calibrate/counters";

const NONE = NaN;

type Series = Partial<Record<keyof PodCounters["counters"], Readonly<Record<string, readonly number[]>>>>;

const pod = (name: string, series: Series, version = "1.0.0"): PodCounters => {
  const counters = (kind: keyof PodCounters["counters"]) =>
    new Map(Object.entries(series[kind] ?? {}).map(([key, values]) => [key, Float64Array.from(values)]));
  return {
    version,
    pod: name,
    steps: series.requests?.[""]?.length ?? 0,
    counters: {
      requests: counters("requests"),
      errors: counters("errors"),
      buckets: counters("buckets"),
      values: counters("values"),
      sums: counters("sums"),
      squares: counters("squares"),
    },
  };
};

/** What each pod counted in each interval, as "requests/errors". */
const countedIn = (...pods: PodCounters[]) => {
  const times = Array.from({ length: pods[0]?.steps ?? 0 }, (_, i) => i * 60);
  return historyOf(pods, times, 60).intervals.map((interval) =>
    Object.entries(interval.pods)
      .map(([name, { requests, errors }]) => `${name} ${requests}/${errors}`)
      .join(", "),
  );
};

test("an interval has what was counted since the reading before", () => {
  expect(countedIn(pod("a", { requests: { "": [100, 150, 150, 170] }, errors: { "": [3, 4, 4, 4] } }))).toEqual([
    "a 50/1",
    "a 0/0",
    "a 20/0",
  ]);
});

test("a series of errors begins with the first error", () => {
  expect(countedIn(pod("a", { requests: { "": [100, 150, 200, 250] }, errors: { "": [NONE, NONE, 2, 2] } }))).toEqual([
    "a 50/0",
    "a 50/2",
    "a 50/0",
  ]);
});

test("after a restart everything was counted since it, and a pod counts from its second reading on", () => {
  expect(
    countedIn(
      pod("old", { requests: { "": [900, 950, 30, 80] }, errors: { "": [9, 9, 1, 1] } }),
      pod("new", { requests: { "": [NONE, NONE, 10, 70] } }),
    ),
  ).toEqual(["old 50/0", "old 30/1", "old 50/0, new 60/0"]);
});

test("a time without readings is in the interval that ends it", () => {
  expect(countedIn(pod("a", { requests: { "": [100, NONE, NONE, 250, 300] } }))).toEqual(["", "", "a 150/0", "a 50/0"]);
});

test("of two versions, the one with more requests in an interval counts", () => {
  expect(
    countedIn(
      pod("a", { requests: { "": [0, 90, 100, 110] } }),
      pod("b", { requests: { "": [0, 10, 100, 190] } }, "1.1.0"),
    ),
  ).toEqual(["a 90/0", "b 90/0", "b 90/0"]);
});

test("buckets are those that all pods have, and values keep their sums", () => {
  const history = historyOf(
    [
      pod("a", {
        requests: { "": [0, 10] },
        buckets: { "0.05": [0, 4], "0.07": [0, 5], "0.1": [0, 9], "+Inf": [0, 10] },
        values: { accuracy: [0, 5] },
        sums: { accuracy: [0, 4] },
        squares: { accuracy: [0, 4] },
      }),
      pod("b", { requests: { "": [0, 2] }, buckets: { "0.05": [0, 1], "0.1": [0, 2], "+Inf": [0, 2] } }),
    ],
    [0, 60],
    60,
  );
  expect(history).toMatchObject({ bounds: [0.05, 0.1], metrics: ["accuracy"] });
  expect(history.intervals[0]?.pods).toMatchObject({
    a: { latency: [4, 5, 1], metrics: { accuracy: { count: 5, sum: 4, sumOfSquares: 4 } } },
    b: { latency: [1, 1, 0] },
  });
});
