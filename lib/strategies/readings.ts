import type { LatencyHistogram, MetricSums, Observation, PodCounts, SmokeTestCounts, TrackCounts } from "./observation";

/*
 * Drivers read counts over the network, from exporters and databases that may be broken, so nothing about a reading is
 * certain, not even its type. What cannot be read is left out, and never causes an exception.
 */

const NO_LATENCY: LatencyHistogram = { bounds: [], counts: [] };

/** A number of requests, values or replicas that is plausible: sums of them stay exact. JSON does not preserve −0. */
export const isCount = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= 1e15 && !Object.is(value, -0);

/** A sum that is plausible: sums of them stay finite. */
const isSum = (value: unknown): value is number =>
  typeof value === "number" && value >= -1e100 && value <= 1e100 && !Object.is(value, -0);

/** Sums of a metric that can be read; undefined for all others. */
export function readableSums(value: unknown): MetricSums | undefined {
  if (!isObject(value)) return undefined;
  const { count, sum, sumOfSquares } = value;
  const isReadable = isCount(count) && isSum(sum) && isSum(sumOfSquares) && sumOfSquares >= 0;
  return isReadable ? { count, sum, sumOfSquares } : undefined;
}

/** A histogram that can be read; an empty one for all others. */
function readableHistogram(value: unknown): LatencyHistogram {
  if (!isObject(value)) return NO_LATENCY;
  const { bounds, counts } = value;
  const isReadable =
    isCounts(bounds) &&
    isCounts(counts) &&
    bounds.length > 0 &&
    counts.length === bounds.length + 1 &&
    bounds.every((bound, i) => bound > (bounds[i - 1] ?? 0));
  return isReadable ? { bounds, counts } : NO_LATENCY;
}

/** The counts of a track in which what cannot be read is NaN, empty or missing; undefined if nothing can be read. */
export function readableTrack(value: unknown): TrackCounts | undefined {
  if (!isObject(value)) return undefined;
  const { requests, errors, latency, metrics, readyReplicas, smokeTest, pods, ...others } = value;
  const tested = readableSmokeTest(smokeTest);
  return {
    ...others,
    requests: isCount(requests) ? requests : NaN,
    errors: isCount(errors) ? errors : NaN,
    latency: readableHistogram(latency),
    metrics: isObject(metrics) ? (metrics as TrackCounts["metrics"]) : {},
    readyReplicas: isCount(readyReplicas) ? readyReplicas : NaN,
    ...(tested !== undefined && { smokeTest: tested }),
    ...(isObject(pods) && { pods: readablePods(pods) }),
  };
}

function readablePods(pods: Readonly<Record<string, unknown>>): Readonly<Record<string, PodCounts>> {
  const readable = Object.entries(pods).flatMap(([name, pod]) => {
    if (!isObject(pod) || !isCount(pod.requests) || !isCount(pod.errors)) return [];
    return [[name, { requests: pod.requests, errors: pod.errors }] as const];
  });
  return Object.fromEntries(readable);
}

/** An observation in which every track can be read; the others are missing, as if nobody had observed them. */
export function readableObservation({ tracks, ...others }: Observation): Observation {
  const readable = Object.entries(isObject(tracks) ? tracks : {}).flatMap(([name, value]) => {
    const track = readableTrack(value);
    return track === undefined ? [] : [[name, track] as const];
  });
  return { ...others, tracks: Object.fromEntries(readable) };
}

/** A smoke test whose failures are not known cannot pass. */
function readableSmokeTest(value: unknown): SmokeTestCounts | undefined {
  if (!isObject(value)) return undefined;
  const { requests, failed, wrong, latency } = value;
  const isReadable = isCount(requests) && isCount(failed) && isCount(wrong);
  return isReadable ? { requests, failed, wrong, latency: readableHistogram(latency) } : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}
