import { CONTRACT, isFailedStatus } from "../../core/contract";
import type { Plan } from "../../core/plan";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { LatencyHistogram, MetricSums, Observation, TrackCounts } from "../../strategies/observation";
import { DriverError } from "../common/driver-error";
import { PrometheusApi, type Period } from "./prometheus-api";

const { metrics, labels } = CONTRACT;

/** Reads from Prometheus what a test's tracks have counted, at every step of a period; counts are since its beginning. */
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
    // Pods come, go and restart between two steps: only Prometheus itself, which has every scrape, can add them up.
    const gained = `sum by (${[version, ...by].join(", ")}) (increase(${name}{${selector}}[${period.stepSeconds}s]))`;
    return countedIn(await api.atEachStep(gained, period), period);
  };
  const [requests, buckets, counts, sums, squares] = await Promise.all([
    read(metrics.requests, code),
    read(`${metrics.duration}_bucket`, "le"),
    read(metrics.feedbackCount, metric),
    read(metrics.feedbackSum, metric),
    read(metrics.feedbackSquares, metric),
  ]);
  if (requests.series.length > 0) return { requests, buckets, counts, sums, squares };
  throw new DriverError(`Prometheus at ${api.address} knows of no requests to ${plan.name} since then`, [
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

/** What was counted since the beginning of a period, at the end of each of its steps. */
interface Counted {
  readonly steps: readonly number[];
  readonly series: readonly { readonly labels: Readonly<Record<string, string>>; readonly totals: readonly number[] }[];
}

/** Adds up what counters gained in each step; a step without a scrape gained nothing that is known. */
function countedIn(gained: Awaited<ReturnType<PrometheusApi["atEachStep"]>>, period: Period): Counted {
  const { from, until, stepSeconds } = period;
  const steps = Array.from(
    { length: Math.floor((until - from) / stepSeconds) },
    (_, i) => from + (i + 1) * stepSeconds,
  );
  const series = gained.map((each) => {
    const byTime = new Map(each.points.map(({ at, value }) => [Math.round(at), value]));
    let total = 0;
    return { labels: each.labels, totals: steps.map((at) => (total += byTime.get(at) ?? 0)) };
  });
  return { steps, series };
}

/** Whether replicas were ready then is not asked: the test has been running. */
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

/** Prometheus counts a request in every bucket that is not too small for it. */
function histogram(bounds: readonly string[], upTo: (le: string) => number): LatencyHistogram {
  const sorted = bounds
    .map((le) => ({ bound: le === "+Inf" ? Infinity : Number(le), count: upTo(le) }))
    .sort((a, b) => a.bound - b.bound);
  return {
    bounds: sorted.map(({ bound }) => bound).filter(Number.isFinite),
    counts: sorted.map(({ count }, i) => Math.max(0, count - (sorted[i - 1]?.count ?? 0))),
  };
}
