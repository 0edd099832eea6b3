import { CONTRACT, isFailedStatus } from "../../core/contract";
import type { Plan } from "../../core/plan";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { LatencyHistogram, MetricSums, Observation, TrackCounts } from "../../strategies/observation";
import { Broken } from "../rehearsal/broken";
import { countersSince, type Counter } from "./counters";

const { metrics, labels } = CONTRACT;

/** Which part of the past to read, in seconds of Unix time. */
export interface Period {
  readonly from: number;
  readonly until: number;
  readonly stepSeconds: number;
}

const TIMEOUT_MS = 30_000;

/** Reads from Prometheus what a test's tracks have counted, at every step of a period; counts are since its beginning. */
export async function readPrometheus(
  url: string,
  { name, tracks, objects, policy }: Plan<AbTestPolicy>,
  period: Period,
): Promise<Observation[]> {
  const versions = tracks.map(({ version }) => version.replace(/[.+]/g, "\\$&")).join("|");
  const namespace = objects["route"]?.manifest.metadata.namespace;
  const selector = [
    `${labels.model}=${JSON.stringify(name)}`,
    `${labels.version}=~${JSON.stringify(versions)}`,
    ...(typeof namespace === "string" ? [`namespace=${JSON.stringify(namespace)}`] : []),
  ].join(",");
  const read = (metric: string) => counters(url, `${metric}{${selector}}`, period);
  const [requests, buckets, counts, sums, squares] = await Promise.all(
    [
      metrics.requests,
      `${metrics.duration}_bucket`,
      metrics.feedbackCount,
      metrics.feedbackSum,
      metrics.feedbackSquares,
    ].map(read),
  );
  const readings = { requests, buckets, counts, sums, squares } as Readings;
  const steps = Math.floor((period.until - period.from) / period.stepSeconds);
  const replicas = policy?.minReadyReplicas ?? 1;
  return Array.from({ length: steps }, (_, i) => ({
    at: (i + 1) * period.stepSeconds,
    tracks: Object.fromEntries(
      tracks.map((track) => [track.name, countsAt(i + 1, ofVersion(readings, track.version), replicas)]),
    ),
  }));
}

interface Readings {
  readonly requests: readonly Counter[];
  readonly buckets: readonly Counter[];
  readonly counts: readonly Counter[];
  readonly sums: readonly Counter[];
  readonly squares: readonly Counter[];
}

function ofVersion(readings: Readings, version: string): Readings {
  const own = (counters: readonly Counter[]) => counters.filter((each) => each.labels[labels.version] === version);
  const { requests, buckets, counts, sums, squares } = readings;
  return {
    requests: own(requests),
    buckets: own(buckets),
    counts: own(counts),
    sums: own(sums),
    squares: own(squares),
  };
}

/** Whether replicas were ready then is not asked: the test has been running. */
function countsAt(step: number, { requests, buckets, counts, sums, squares }: Readings, replicas: number): TrackCounts {
  const failed = requests.filter((each) => isFailedStatus(Number(each.labels[labels.code])));
  const names = new Set(counts.map((each) => each.labels[labels.metric] ?? ""));
  const of = (name: string, counters: readonly Counter[]) =>
    total(
      counters.filter((each) => each.labels[labels.metric] === name),
      step,
    );
  const sumsOf = (name: string): MetricSums => ({
    count: of(name, counts),
    sum: of(name, sums),
    sumOfSquares: of(name, squares),
  });
  return {
    requests: total(requests, step),
    errors: total(failed, step),
    latency: histogram(buckets, step),
    metrics: Object.fromEntries([...names].map((name) => [name, sumsOf(name)])),
    readyReplicas: replicas,
  };
}

function total(counters: readonly Counter[], step: number): number {
  return counters.reduce((sum, { values }) => sum + (values[step] ?? 0), 0);
}

/** Prometheus counts a request in every bucket that is not too small for it. */
function histogram(buckets: readonly Counter[], step: number): LatencyHistogram {
  const cumulative = new Map<number, number>();
  for (const bucket of buckets) {
    const bound = bucket.labels["le"] === "+Inf" ? Infinity : Number(bucket.labels["le"]);
    cumulative.set(bound, (cumulative.get(bound) ?? 0) + (bucket.values[step] ?? 0));
  }
  const sorted = [...cumulative].sort(([a], [b]) => a - b);
  return {
    bounds: sorted.map(([bound]) => bound).filter(Number.isFinite),
    counts: sorted.map(([, count], i) => Math.max(0, count - (sorted[i - 1]?.[1] ?? 0))),
  };
}

interface RangeAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [at: number, value: string])[];
    }[];
  };
}

async function counters(url: string, query: string, period: Period): Promise<readonly Counter[]> {
  const { from, until, stepSeconds } = period;
  const parameters = new URLSearchParams({
    query,
    start: String(from),
    end: String(until),
    step: String(stepSeconds),
  });
  const answer = await ask(`${url.replace(/\/+$/, "")}/api/v1/query_range?${parameters.toString()}`, url);
  if (answer.data === undefined) throw new Broken(`Prometheus at ${url} refuses a query`, [answer.error ?? "", query]);
  return answer.data.result.map(({ metric, values }) => ({
    labels: metric,
    values: countersSince(
      values.map(([at, value]) => ({ step: Math.round((at - from) / stepSeconds), value: Number(value) })),
      Math.floor((until - from) / stepSeconds),
    ),
  }));
}

async function ask(url: string, server: string): Promise<RangeAnswer> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return (await answer.json()) as RangeAnswer;
  } catch (error) {
    const cause = (error as { cause?: Error }).cause ?? (error as Error);
    throw new Broken(`Prometheus at ${server} does not answer`, [cause.message]);
  }
}
