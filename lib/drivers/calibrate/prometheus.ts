import type { Plan } from "../../core/plan";
import type { ServerMetrics } from "../../runtimes/metrics";
import { runtimeOfPlan } from "../../runtimes/registry";
import type { ServiceHistory } from "../../strategies/calibration/history";
import { DriverError } from "../common/driver-error";
import { namespaceOf } from "../common/namespace";
import { PrometheusApi, type Period, type TimeSeries } from "../common/prometheus-api";
import { historyOf, type PodCounters } from "./counters";

/** Points that one query may return for each series; Prometheus refuses more than 11,000. */
const POINTS_PER_QUERY = 2000;

/** Steps that a replay can hold in memory. */
const MAX_STEPS = 50_000;

/** Reads the counters of every pod of a service at every step of a period, whatever version it served. */
export async function readHistory(url: string, plan: Plan, period: Period): Promise<ServiceHistory> {
  const { title, metrics } = runtimeOfPlan(plan);
  if (metrics.requests === undefined) throw new DriverError(`${title} has no metric for requests, so there is no data`);
  const times = timesOf(period);
  const api = new PrometheusApi(url);
  const selector = selectorOf(plan, metrics.labels);
  const pods = await readPods(api, metrics, selector, period, times);
  if (pods.length > 0) return historyOf(pods, times, period.stepSeconds);
  throw new DriverError(`Prometheus at ${api.address} has no requests to ${plan.name} in this period`, [
    `It has no ${metrics.requests.counter}{${selector}}.`,
  ]);
}

function timesOf({ from, until, stepSeconds }: Period): readonly number[] {
  const steps = Math.floor((until - from) / stepSeconds);
  if (steps > MAX_STEPS) {
    throw new DriverError(`${steps} steps are too many to replay`, [
      `Use a longer --step or a shorter --since: at most ${MAX_STEPS} steps.`,
    ]);
  }
  return Array.from({ length: steps + 1 }, (_, i) => from + i * stepSeconds);
}

function selectorOf(plan: Plan, { model }: ServerMetrics["labels"]): string {
  const namespace = namespaceOf(plan);
  return [
    `${model}=${JSON.stringify(plan.name)}`,
    ...(namespace === undefined ? [] : [`namespace=${JSON.stringify(namespace)}`]),
  ].join(",");
}

async function readPods(
  api: PrometheusApi,
  { labels, requests, latency, feedback }: ServerMetrics,
  selector: string,
  period: Period,
  times: readonly number[],
): Promise<readonly PodCounters[]> {
  const pods = new Map<string, PodCounters>();
  const indexes = new Map(times.map((at, i) => [Math.round(at), i]));
  const read = async (
    name: string | undefined,
    by: readonly string[],
    matcher: string,
    into: keyof PodCounters["counters"],
  ) => {
    if (name === undefined) return;
    const matchers = matcher === "" ? selector : `${selector},${matcher}`;
    // A ServiceMonitor adds the label `pod`; a static target only has `instance`.
    const query = `sum by (${[labels.version, "pod", "instance", ...by].join(", ")}) (${name}{${matchers}})`;
    for (const part of partsOf(period)) {
      for (const series of await api.atEachStep(query, part)) {
        const counters = countersOf(pods, series, labels.version, times.length)[into];
        addSeries(counters, by.map((label) => series.labels[label] ?? "").join(), series, indexes, times.length);
      }
    }
  };
  await read(requests?.counter, [], "", "requests");
  await read(requests?.counter, [], requests?.failed ?? "", "errors");
  await read(latency && `${latency.histogram}_bucket`, ["le"], "", "buckets");
  const metric = feedback?.metricLabel ?? "metric";
  await read(feedback?.count, [metric], "", "values");
  await read(feedback?.sum, [metric], "", "sums");
  await read(feedback?.squares, [metric], "", "squares");
  return [...pods.values()].filter((pod) => pod.counters.requests.size > 0);
}

/** The period in parts that one query can answer, beginning with its first moment. */
function partsOf({ from, until, stepSeconds }: Period): readonly Period[] {
  const parts: Period[] = [];
  for (let start = from - stepSeconds; start + stepSeconds <= until; start += POINTS_PER_QUERY * stepSeconds) {
    parts.push({ from: start, until: Math.min(until, start + POINTS_PER_QUERY * stepSeconds), stepSeconds });
  }
  return parts;
}

function countersOf(
  pods: Map<string, PodCounters>,
  { labels }: TimeSeries,
  versionLabel: string,
  steps: number,
): PodCounters["counters"] {
  const [version, pod] = [labels[versionLabel] ?? "", labels["pod"] ?? labels["instance"] ?? "all"];
  const key = JSON.stringify([version, pod]);
  const known = pods.get(key) ?? {
    version,
    pod,
    steps,
    counters: {
      requests: new Map(),
      errors: new Map(),
      buckets: new Map(),
      values: new Map(),
      sums: new Map(),
      squares: new Map(),
    },
  };
  pods.set(key, known);
  return known.counters;
}

/** Adds the values of a series: a pod has several where a target was scraped under two addresses. */
function addSeries(
  counters: Map<string, Float64Array>,
  key: string,
  { points }: TimeSeries,
  indexes: ReadonlyMap<number, number>,
  steps: number,
): void {
  const values = counters.get(key) ?? new Float64Array(steps).fill(NaN);
  counters.set(key, values);
  for (const { at, value } of points) {
    const index = indexes.get(Math.round(at));
    if (index === undefined) continue;
    const before = values[index] ?? NaN;
    values[index] = Number.isNaN(before) ? value : before + value;
  }
}
