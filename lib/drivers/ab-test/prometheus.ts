import { CONTRACT, isFailedStatus } from "../../core/contract";
import type { Plan } from "../../core/plan";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { LatencyHistogram, MetricSums, Observation, TrackCounts } from "../../strategies/observation";
import { DriverError } from "../common/driver-error";
import { PrometheusApi, type Period } from "./prometheus-api";

const { metrics, labels } = CONTRACT;

/** Reads the counts of a test's tracks from Prometheus, at every step of a period; counts are since its start. */
export async function readPrometheus(
  url: string,
  plan: Plan<AbTestPolicy>,
  period: Period,
): Promise<readonly Observation[]> {
  const readings = await readAll(new PrometheusApi(url), plan, period);
  const replicas = plan.policy?.minReadyReplicas ?? 1;
  return readings.requests.steps.map((at, step) => ({
    at: at - period.from,
    tracks: Object.fromEntries(
      plan.tracks.map(({ name, version }) => [name, countsAt(readings, version, step, replicas)]),
    ),
  }));
}

interface Readings {
  readonly requests: Counted;
  readonly buckets: Counted;
  readonly counts: Counted;
  readonly sums: Counted;
  readonly squares: Counted;
}

async function readAll(api: PrometheusApi, plan: Plan, period: Period): Promise<Readings> {
  const { version, code, metric } = labels;
  const selector = selectorOf(plan);
  const read = async (name: string, ...by: string[]) => {
    // Pods come, go and restart between two steps. Only Prometheus, which has every scrape, can sum their counters correctly.
    const increase = `sum by (${[version, ...by].join(", ")}) (increase(${name}{${selector}}[${period.stepSeconds}s]))`;
    return countedIn(await api.atEachStep(increase, period), period);
  };
  const [requests, buckets, counts, sums, squares] = await Promise.all([
    read(metrics.requests, code),
    read(`${metrics.duration}_bucket`, "le"),
    read(metrics.feedbackCount, metric),
    read(metrics.feedbackSum, metric),
    read(metrics.feedbackSquares, metric),
  ]);
  if (requests.series.length > 0) return { requests, buckets, counts, sums, squares };
  throw new DriverError(`Prometheus at ${api.address} has no requests to ${plan.name} in this period`, [
    `It has no ${metrics.requests}{${selector}}.`,
  ]);
}

function selectorOf({ name, tracks, objects }: Plan): string {
  const versions = tracks.map(({ version }) => version.replace(/[.+]/g, "\\$&")).join("|");
  const namespace = objects["route"]?.manifest.metadata.namespace;
  return [
    `${labels.model}=${JSON.stringify(name)}`,
    `${labels.version}=~${JSON.stringify(versions)}`,
    ...(typeof namespace === "string" ? [`namespace=${JSON.stringify(namespace)}`] : []),
  ].join(",");
}

/** Counts since the start of a period, at the end of each of its steps. */
interface Counted {
  readonly steps: readonly number[];
  readonly series: readonly { readonly labels: Readonly<Record<string, string>>; readonly totals: readonly number[] }[];
}

/** Accumulates the increases of each step; a step without a scrape has no known increase. */
function countedIn(increases: Awaited<ReturnType<PrometheusApi["atEachStep"]>>, period: Period): Counted {
  const { from, until, stepSeconds } = period;
  const steps = Array.from(
    { length: Math.floor((until - from) / stepSeconds) },
    (_, i) => from + (i + 1) * stepSeconds,
  );
  const series = increases.map((each) => {
    const byTime = new Map(each.points.map(({ at, value }) => [Math.round(at), value]));
    let total = 0;
    return { labels: each.labels, totals: steps.map((at) => (total += byTime.get(at) ?? 0)) };
  });
  return { steps, series };
}

/** Replicas count as ready, because the test was running. */
function countsAt(readings: Readings, version: string, step: number, replicas: number): TrackCounts {
  const { requests, buckets, counts, sums, squares } = readings;
  const total = (of: Counted, label: string, holds: (value: string) => boolean) =>
    of.series
      .filter((each) => each.labels[labels.version] === version && holds(each.labels[label] ?? ""))
      .reduce((sum, { totals }) => sum + (totals[step] ?? 0), 0);
  const sumsOf = (name: string): MetricSums => {
    const ofMetric = (of: Counted) => total(of, labels.metric, (value) => value === name);
    return { count: ofMetric(counts), sum: ofMetric(sums), sumOfSquares: ofMetric(squares) };
  };
  const named = (of: Counted, label: string) => [...new Set(of.series.map((each) => each.labels[label] ?? ""))];
  return {
    requests: total(requests, labels.code, () => true),
    errors: total(requests, labels.code, (code) => isFailedStatus(Number(code))),
    latency: histogram(named(buckets, "le"), (le) => total(buckets, "le", (value) => value === le)),
    metrics: Object.fromEntries(named(counts, labels.metric).map((name) => [name, sumsOf(name)])),
    readyReplicas: replicas,
  };
}

/** Prometheus's buckets are cumulative. */
function histogram(bounds: readonly string[], upTo: (le: string) => number): LatencyHistogram {
  const sorted = bounds
    .map((le) => ({ bound: le === "+Inf" ? Infinity : Number(le), count: upTo(le) }))
    .sort((a, b) => a.bound - b.bound);
  return {
    bounds: sorted.map(({ bound }) => bound).filter(Number.isFinite),
    counts: sorted.map(({ count }, i) => Math.max(0, count - (sorted[i - 1]?.count ?? 0))),
  };
}
