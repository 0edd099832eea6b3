import fc from "fast-check";
import type { Observation, TrackCounts } from "../../lib/strategies/observation";

/** Any number that a broken exporter might report, except −0, which JSON does not preserve. */
const anyCount = fc
  .oneof(
    { weight: 6, arbitrary: fc.nat(5000) },
    fc.double(),
    fc.constantFrom(0, -1, NaN, Infinity, -Infinity, 1e300, Number.MAX_VALUE, 0.5),
  )
  .map((count) => count + 0);

const anyLatency = fc.oneof(
  fc.record({ bounds: fc.constant([0.05, 0.1, 0.5]), counts: fc.array(anyCount, { minLength: 4, maxLength: 4 }) }),
  fc.record({ bounds: fc.array(anyCount, { maxLength: 5 }), counts: fc.array(anyCount, { maxLength: 6 }) }),
);

const anySums = fc.record({ count: anyCount, sum: anyCount, sumOfSquares: anyCount });

/** Counts by group of users, in lists of any length. */
const anyBuckets = (metrics: readonly string[]) => {
  const groups = fc.array(anyCount, { maxLength: 30 });
  const sums = fc.record({ counts: groups, sums: groups });
  return fc.record({
    requests: groups,
    errors: groups,
    metrics: fc.record(Object.fromEntries(metrics.map((name) => [name, sums])), { requiredKeys: [] }),
  });
};

/** Counts of a track that no server should report. */
const anyTrack = (metrics: readonly string[]): fc.Arbitrary<TrackCounts> =>
  fc.record(
    {
      requests: anyCount,
      errors: anyCount,
      latency: anyLatency,
      metrics: fc.record(Object.fromEntries(metrics.map((name) => [name, anySums])), { requiredKeys: [] }),
      readyReplicas: anyCount,
      smokeTest: fc.record({ requests: anyCount, failed: anyCount, wrong: anyCount, latency: anyLatency }),
      buckets: anyBuckets(metrics),
      newUsers: anyCount,
    },
    { requiredKeys: ["requests", "errors", "latency", "metrics", "readyReplicas"] },
  ) as fc.Arbitrary<TrackCounts>;

/** Any JSON, and what looks like a reading with any JSON in place of some of its fields. */
const anyReading = (metrics: readonly string[]): fc.Arbitrary<unknown> => {
  const junk = fc.jsonValue({ maxDepth: 1 });
  const field = (readable: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 2, arbitrary: readable }, { weight: 1, arbitrary: junk });
  const sums = fc.record(
    { count: field(anyCount), sum: field(anyCount), sumOfSquares: field(anyCount) },
    { requiredKeys: [] },
  );
  const latency = fc.record({ bounds: field(fc.array(junk)), counts: field(fc.array(junk)) }, { requiredKeys: [] });
  const reading = fc.record(
    {
      requests: field(anyCount),
      errors: field(anyCount),
      latency: field(fc.oneof(latency, anyLatency)),
      metrics: field(fc.record(Object.fromEntries(metrics.map((name) => [name, field(sums)])), { requiredKeys: [] })),
      readyReplicas: field(anyCount),
      smokeTest: field(
        fc.record({ requests: field(anyCount), failed: field(anyCount), wrong: field(anyCount), latency }),
      ),
    },
    { requiredKeys: [] },
  );
  return fc.oneof({ weight: 1, arbitrary: junk }, { weight: 3, arbitrary: reading });
};

/** What drivers cannot read: any JSON in place of a track, of its fields, and of all tracks. */
export function unreadableObservations(
  tracks: readonly string[],
  metrics: readonly string[],
): fc.Arbitrary<Observation[]> {
  const any = anyReading(metrics);
  const broken = fc.record({
    at: fc.oneof({ weight: 8, arbitrary: fc.nat(2000) }, fc.jsonValue()),
    tracks: fc.oneof(
      { weight: 8, arbitrary: fc.record(Object.fromEntries(tracks.map((name) => [name, any])), { requiredKeys: [] }) },
      fc.jsonValue(),
    ),
  }) as fc.Arbitrary<Observation>;
  // Healthy observations in between lead to every phase of a rollout.
  return fc
    .tuple(plausibleObservations(tracks, metrics), fc.array(fc.tuple(fc.nat(), broken), { maxLength: 12 }))
    .map(([healthy, insertions]) =>
      insertions.reduce<Observation[]>((all, [at, each]) => {
        all.splice(at % (all.length + 1), 0, each);
        return all;
      }, healthy),
    );
}

/** Observations of tracks with wrong counts, restarts and gaps, on a clock that runs backwards. */
export function anyObservations(tracks: readonly string[], metrics: readonly string[]): fc.Arbitrary<Observation[]> {
  const any = anyTrack(metrics);
  return fc.array(
    fc.record({
      at: fc.oneof({ weight: 8, arbitrary: fc.nat(2000) }, anyCount),
      tracks: fc.record(Object.fromEntries([...tracks, "other"].map((name) => [name, any])), { requiredKeys: [] }),
    }) as fc.Arbitrary<Observation>,
    { maxLength: 16 },
  );
}

/** What a healthy exporter counts: totals increase, and a share of the requests may fail. */
const few = fc.oneof({ weight: 20, arbitrary: fc.nat(2) }, fc.nat(40));
const addedTrack = fc.record({ requests: fc.nat(400), errors: few, slow: few, labels: fc.nat(100), wrong: few });

/** Observations of tracks that are more or less healthy, whose counters only increase. */
export function plausibleObservations(
  tracks: readonly string[],
  metrics: readonly string[],
): fc.Arbitrary<Observation[]> {
  const added = fc.tuple(...tracks.map(() => addedTrack));
  return fc.array(fc.tuple(fc.nat(90), added), { maxLength: 20 }).map((steps) => {
    const totals = tracks.map(() => ({ requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 }));
    let at = 0;
    return steps.map(([seconds, more]) => {
      at += seconds;
      more.forEach(({ requests, errors, slow, labels, wrong }, i) => {
        const total = totals[i] as (typeof totals)[number];
        total.requests += requests;
        total.errors += Math.min(errors, requests);
        total.slow += Math.min(slow, requests);
        total.labels += labels;
        total.wrong += Math.min(wrong, labels);
      });
      return { at, tracks: Object.fromEntries(tracks.map((name, i) => [name, healthyTrack(totals[i], metrics)])) };
    });
  });
}

function healthyTrack(
  total = { requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 },
  metrics: readonly string[],
): TrackCounts {
  const { requests, errors, slow, labels, wrong } = total;
  const bounds = [0.05, 0.1, 0.5];
  return {
    requests,
    errors,
    latency: { bounds, counts: [requests - slow, 0, slow, 0] },
    metrics: Object.fromEntries(
      metrics.map((name) => [name, { count: labels, sum: labels - wrong, sumOfSquares: labels - wrong }]),
    ),
    readyReplicas: 4,
    smokeTest: { requests: 30, failed: 0, wrong: 0, latency: { bounds, counts: [30, 0, 0, 0] } },
  };
}
