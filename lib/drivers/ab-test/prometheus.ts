import type { Plan } from "../../core/plan";
import type { ServerMetrics } from "../../runtimes/metrics";
import { routerOfPlan } from "../../routing/registry";
import { runtimeOfPlan } from "../../runtimes/registry";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { LatencyHistogram, MetricSums, Observation, TrackCounts } from "../../strategies/observation";
import { DriverError } from "../common/driver-error";
import { namespaceOf } from "../common/namespace";
import { PrometheusApi, type Period } from "../common/prometheus-api";
import { bucketCountsOf, type GroupCount } from "../common/user-counts";
import { gatewayExpressions } from "./gateway-expressions";

/** Reads the counts of a test's tracks from Prometheus, at every step of a period; counts are since its start. */
export async function readPrometheus(
  url: string,
  plan: Plan<AbTestPolicy>,
  period: Period,
): Promise<readonly Observation[]> {
  const { title, metrics } = runtimeOfPlan(plan);
  if (metrics.requests === undefined && routerOfPlan(plan)?.metrics === undefined)
    throw new DriverError(`${title} has no metric for requests, so there is no data`);
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
  /** What the gateway counted, by version; empty if it counts nothing. */
  readonly gateway: Readonly<Record<string, GatewayReadings>>;
  readonly users: UserReadings;
}

interface GatewayReadings {
  readonly requests: Counted;
  readonly failed: Counted;
}

/** What was counted of users, by group of buckets. */
interface UserReadings {
  readonly requests: Counted;
  readonly errors: Counted;
  readonly feedbackCounts: Counted;
  readonly feedbackSums: Counted;
  readonly newUsers: Counted;
}

async function readAll(api: PrometheusApi, plan: Plan, names: ServerMetrics, period: Period): Promise<Readings> {
  const selector = selectorOf(plan, names.labels);
  const ask = async (expression: string) => countedIn(await api.atEachStep(expression, period), period);
  const read: Read = async (name, by, matcher) => {
    if (name === undefined) return { steps: [], series: [] };
    const matchers = matcher === undefined ? selector : `${selector},${matcher}`;
    const grouping = [names.labels.version, ...(by === undefined ? [] : [by])].join(", ");
    // Pods come, go and restart between two steps. Only Prometheus, which has every scrape, can sum their counters correctly.
    return ask(`sum by (${grouping}) (increase(${name}{${matchers}}[${period.stepSeconds}s]))`);
  };
  const { requests: answered, latency, feedback } = names;
  const [requests, failed, buckets, counts, sums, squares, gateway, users] = await Promise.all([
    read(answered?.counter),
    read(answered?.counter, undefined, answered?.failed),
    read(latency && `${latency.histogram}_bucket`, "le"),
    read(feedback?.count, feedback?.metricLabel),
    read(feedback?.sum, feedback?.metricLabel),
    read(feedback?.squares, feedback?.metricLabel),
    readGateway(plan, `${period.stepSeconds}s`, ask),
    readUsers(read, names),
  ]);
  const all = [requests, ...Object.values(gateway).map((counted) => counted.requests)];
  if (all.some(({ series }) => series.length > 0))
    return { requests, failed, buckets, counts, sums, squares, gateway, users };
  throw new DriverError(`Prometheus at ${api.address} has no requests to ${plan.name} in this period`, [
    `It has no ${answered?.counter}{${selector}}.`,
  ]);
}

async function readGateway(
  plan: Plan,
  window: string,
  ask: (expression: string) => Promise<Counted>,
): Promise<Readings["gateway"]> {
  const readings = plan.tracks.map(async (track) => {
    const expressions = gatewayExpressions(plan, track, window);
    if (expressions === undefined) return [];
    const [requests, failed] = await Promise.all([ask(expressions.requests), ask(expressions.failed)]);
    return [[track.version, { requests, failed }] as const];
  });
  return Object.fromEntries((await Promise.all(readings)).flat());
}

/** Reads the increase of a counter, by version and another label, for the series of a matcher. */
type Read = (name: string | undefined, by?: string, matcher?: string) => Promise<Counted>;

async function readUsers(read: Read, { users, feedback }: ServerMetrics): Promise<UserReadings> {
  const group = users?.groupLabel;
  const metricAndGroup = feedback && users && `${feedback.metricLabel}, ${users.groupLabel}`;
  const [requests, errors, feedbackCounts, feedbackSums, newUsers] = await Promise.all([
    read(users?.requests, group),
    read(users?.errors, group),
    read(users?.feedbackCount, metricAndGroup),
    read(users?.feedbackSum, metricAndGroup),
    read(users?.newUsers),
  ]);
  return { requests, errors, feedbackCounts, feedbackSums, newUsers };
}

function selectorOf(plan: Plan, labels: ServerMetrics["labels"]): string {
  const { name, tracks } = plan;
  const versions = tracks.map(({ version }) => version.replace(/[.+]/g, "\\$&")).join("|");
  const namespace = namespaceOf(plan);
  return [
    `${labels.model}=${JSON.stringify(name)}`,
    `${labels.version}=~${JSON.stringify(versions)}`,
    ...(namespace === undefined ? [] : [`namespace=${JSON.stringify(namespace)}`]),
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
  { requests, failed, buckets, counts, sums, squares, gateway, users }: Readings,
  names: ServerMetrics,
  { version, step, replicas }: VersionStep,
): TrackCounts {
  const { labels, feedback } = names;
  const total = (of: Counted, holds: (labels: Readonly<Record<string, string>>) => boolean = () => true) =>
    of.series
      .filter((each) => each.labels[labels.version] === version && holds(each.labels))
      .reduce((sum, { totals }) => sum + (totals[step] ?? 0), 0);
  const atGateway = (part: keyof GatewayReadings) =>
    (gateway[version]?.[part].series ?? []).reduce((sum, { totals }) => sum + (totals[step] ?? 0), 0);
  const metricLabel = feedback?.metricLabel ?? "";
  const sumsOf = (name: string): MetricSums => {
    const ofMetric = (of: Counted) => total(of, ({ [metricLabel]: metric }) => metric === name);
    return { count: ofMetric(counts), sum: ofMetric(sums), sumOfSquares: ofMetric(squares) };
  };
  const named = (of: Counted, label: string) => [...new Set(of.series.map((each) => each.labels[label] ?? ""))];
  return {
    // The gateway also counts requests that never reached a server, and the server those that bypass the gateway. Both
    // count all others, so the larger count misses the fewest, and never counts one twice.
    requests: Math.max(total(requests), atGateway("requests")),
    errors: Math.max(total(failed), atGateway("failed")),
    latency: histogram(named(buckets, "le"), (bound) => total(buckets, ({ le }) => le === bound)),
    metrics: Object.fromEntries(named(counts, metricLabel).map((name) => [name, sumsOf(name)])),
    readyReplicas: replicas,
    ...usersAt(users, names, version, step),
  };
}

function usersAt(
  { requests, errors, feedbackCounts, feedbackSums, newUsers }: UserReadings,
  { labels, users, feedback }: ServerMetrics,
  version: string,
  step: number,
): Pick<TrackCounts, "buckets" | "newUsers"> {
  const counters = (of: Counted): GroupCount[] =>
    of.series
      .filter((each) => each.labels[labels.version] === version)
      .map((each) => ({
        group: each.labels[users?.groupLabel ?? ""],
        metric: each.labels[feedback?.metricLabel ?? ""],
        value: each.totals[step] ?? 0,
      }));
  const buckets = bucketCountsOf({
    requests: counters(requests),
    errors: counters(errors),
    feedbackCounts: counters(feedbackCounts),
    feedbackSums: counters(feedbackSums),
  });
  const assigned = counters(newUsers);
  return {
    ...(buckets && { buckets }),
    ...(assigned.length > 0 && { newUsers: assigned.reduce((sum, { value }) => sum + value, 0) }),
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
