import type { MetricSums } from "../../strategies/observation";
import type { HistoryInterval, PodCounts, ServiceHistory } from "../../strategies/calibration/history";

/** Counters at every step; NaN where there is no value. */
type Counters = Map<string, Float64Array>;

/** The counters of one pod that served one version. */
export interface PodCounters {
  readonly version: string;
  readonly pod: string;
  readonly steps: number;
  /** `requests` and `errors` have one entry; `buckets` are cumulative, by `le`; the others are by business metric. */
  readonly counters: Readonly<Record<"requests" | "errors" | "buckets" | "values" | "sums" | "squares", Counters>>;
}

/** The increases between steps, of the version that served most of the requests in each. */
export function historyOf(pods: readonly PodCounters[], times: readonly number[], stepSeconds: number): ServiceHistory {
  const bounds = commonBounds(pods);
  const increases = pods.map((pod) => increasesOf(pod, bounds));
  const intervals = times.slice(1).map((at, i): HistoryInterval => {
    const version = mainVersion(pods, increases, i + 1);
    const served = pods.flatMap(({ version: own, pod }, p): [string, PodCounts][] => {
      const counts = increases[p]?.[i + 1];
      return own === version && counts !== undefined ? [[pod, counts]] : [];
    });
    return { at, pods: Object.fromEntries(served) };
  });
  const metrics = new Set(pods.flatMap(({ counters }) => [...counters.values.keys()]));
  return { stepSeconds, bounds, metrics: [...metrics], intervals };
}

/** Bounds that all pods have: a release may have changed the buckets, and cumulative counts stay right without some. */
function commonBounds(pods: readonly PodCounters[]): readonly number[] {
  const measured = pods.map(({ counters }) => [...counters.buckets.keys()]).filter((keys) => keys.length > 0);
  const [first = []] = measured;
  return first
    .filter((le) => measured.every((keys) => keys.includes(le)))
    .map(Number)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
}

/** What a pod counted since the step at which it was last read; undefined where it was not read, or for the first time. */
function increasesOf({ steps, counters }: PodCounters, bounds: readonly number[]): readonly (PodCounts | undefined)[] {
  const requests = counters.requests.get("");
  let previous: number | undefined;
  return Array.from({ length: steps }, (_, step) => {
    if (requests === undefined || Number.isNaN(requests[step])) return undefined;
    const before = previous;
    previous = step;
    if (before === undefined) return undefined;
    const isRestart = (requests[step] ?? 0) < (requests[before] ?? 0);
    return increaseOf(counters, bounds, (values) => {
      const [now, then] = [valueAt(values, step), isRestart ? 0 : valueAt(values, before)];
      return Math.max(0, now - then);
    });
  });
}

/** A series that begins with its first event, such as that of a status code, was at 0 before. */
const valueAt = (values: Float64Array | undefined, step: number): number => {
  const value = values?.[step] ?? 0;
  return Number.isNaN(value) ? 0 : value;
};

function increaseOf(
  { requests, errors, buckets, values, sums, squares }: PodCounters["counters"],
  bounds: readonly number[],
  increase: (values: Float64Array | undefined) => number,
): PodCounts {
  const byBound = new Map([...buckets].map(([le, counts]) => [le === "+Inf" ? Infinity : Number(le), counts]));
  const upTo = [...bounds, Infinity].map((bound) => increase(byBound.get(bound)));
  const metrics = [...values.keys()].map((name): [string, MetricSums] => [
    name,
    {
      count: increase(values.get(name)),
      sum: increase(sums.get(name)),
      sumOfSquares: increase(squares.get(name)),
    },
  ]);
  return {
    requests: increase(requests.get("")),
    errors: increase(errors.get("")),
    latency: bounds.length === 0 ? [] : upTo.map((each, i) => Math.max(0, each - (upTo[i - 1] ?? 0))),
    metrics: Object.fromEntries(metrics),
  };
}

function mainVersion(
  pods: readonly PodCounters[],
  increases: readonly (readonly (PodCounts | undefined)[])[],
  step: number,
): string | undefined {
  const byVersion = new Map<string, number>();
  pods.forEach(({ version }, p) => {
    const counts = increases[p]?.[step];
    if (counts !== undefined) byVersion.set(version, (byVersion.get(version) ?? 0) + counts.requests);
  });
  const [most] = [...byVersion].sort(([, a], [, b]) => b - a);
  return most?.[0];
}
