import type { Plan } from "../../core/plan";
import type { ServerMetrics } from "../../runtimes/metrics";
import { runtimeOfPlan } from "../../runtimes/registry";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { LatencyHistogram, MetricSums, Observation, TrackCounts } from "../../strategies/observation";
import { DriverError } from "../common/driver-error";
import { PrometheusApi, type Period } from "../common/prometheus-api";

/** Reads the counts of a test's tracks from Prometheus, at every step of a period; counts are since its start. */
export async function readPrometheus(
  url: string,
  plan: Plan<AbTestPolicy>,
  period: Period,
): Promise<readonly Observation[]> {
  const { title, metrics } = runtimeOfPlan(plan);
  if (metrics.requests === undefined) throw new DriverError(`${title} has no metric for requests, so there is no data`);
  const readings = await readAll(new PrometheusApi(url), plan, metrics, period);
  const replicas = plan.policy?.minReadyReplicas ?? 1;
  return readings.requests.steps.map((at, step) => ({
    at: at - period.from,
    tracks: Object.fromEntries(
      plan.tracks.map(({ name, version }) => [name, countsAt(readings, metrics, { version, step, replicas })]),
    ),
  }));
}

interface Readings {
  readonly requests: Counted;
  readonly failed: Counted;
  readonly buckets: Counted;
  readonly counts: Counted;
  readonly sums: Counted;
  readonly squares: Counted;
}

async function readAll(api: PrometheusApi, plan: Plan, names: ServerMetrics, period: Period): Promise<Readings> {
  const selector = selectorOf(plan, names.labels);
  const read = async (name: string | undefined, by?: string, matcher?: string): Promise<Counted> => {
    if (name === undefined) return { steps: [], series: [] };
    const matchers = matcher === undefined ? selector : `${selector},${matcher}`;
    const grouping = [names.labels.version, ...(by === undefined ? [] : [by])].join(", ");
    // Pods come, go and restart between two steps. Only Prometheus, which has every scrape, can sum their counters correctly.
    const increase = `sum by (${grouping}) (increase(${name}{${matchers}}[${period.stepSeconds}s]))`;
    return countedIn(await api.atEachStep(increase, period), period);
  };
  const { requests: answered, latency, feedback } = names;
  const [requests, failed, buckets, counts, sums, squares] = await Promise.all([
    read(answered?.counter),
    read(answered?.counter, undefined, answered?.failed),
    read(latency && `${latency.histogram}_bucket`, "le"),
    read(feedback?.count, feedback?.metricLabel),
    read(feedback?.sum, feedback?.metricLabel),
    read(feedback?.squares, feedback?.metricLabel),
  ]);
  if (requests.series.length > 0) return { requests, failed, buckets, counts, sums, squares };
  throw new DriverError(`Prometheus at ${api.address} has no requests to ${plan.name} in this period`, [
    `It has no ${answered?.counter}{${selector}}.`,
  ]);
}

function selectorOf({ name, tracks, objects }: Plan, labels: ServerMetrics["labels"]): string {
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

/** A version at one step of the period, and the replicas that count as ready, because the test was running. */
interface VersionStep {
  readonly version: string;
  readonly step: number;
  readonly replicas: number;
}

function countsAt(
  { requests, failed, buckets, counts, sums, squares }: Readings,
  { labels, feedback }: ServerMetrics,
  { version, step, replicas }: VersionStep,
): TrackCounts {
  const total = (of: Counted, holds: (labels: Readonly<Record<string, string>>) => boolean = () => true) =>
    of.series
      .filter((each) => each.labels[labels.version] === version && holds(each.labels))
      .reduce((sum, { totals }) => sum + (totals[step] ?? 0), 0);
  const metricLabel = feedback?.metricLabel ?? "";
  const sumsOf = (name: string): MetricSums => {
    const ofMetric = (of: Counted) => total(of, ({ [metricLabel]: metric }) => metric === name);
    return { count: ofMetric(counts), sum: ofMetric(sums), sumOfSquares: ofMetric(squares) };
  };
  const named = (of: Counted, label: string) => [...new Set(of.series.map((each) => each.labels[label] ?? ""))];
  return {
    requests: total(requests),
    errors: total(failed),
    latency: histogram(named(buckets, "le"), (bound) => total(buckets, ({ le }) => le === bound)),
    metrics: Object.fromEntries(named(counts, metricLabel).map((name) => [name, sumsOf(name)])),
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
