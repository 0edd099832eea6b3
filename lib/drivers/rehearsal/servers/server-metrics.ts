import type { ServerMetrics } from "../../../runtimes/metrics";
import { AGREEMENT, type MetricSums, type TrackCounts } from "../../../strategies/observation";
import { bucketCountsOf, type GroupCount } from "../../common/user-counts";

/** One sample in Prometheus's text format. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Parses the samples of some metrics. */
export function parseMetrics(text: string, names: ReadonlySet<string>): MetricSample[] {
  const samples: MetricSample[] = [];
  for (const line of text.split("\n")) {
    const [, name, labels, value] = LINE.exec(line) ?? [];
    if (name === undefined || !names.has(name)) continue;
    samples.push({ name, labels: parseLabels(labels ?? ""), value: Number(value) });
  }
  return samples;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(LABEL)) {
    labels[name as string] = (value as string).replace(/\\(.)/g, (_, escaped: string) =>
      escaped === "n" ? "\n" : escaped,
    );
  }
  return labels;
}

/** When a process started, in seconds since the epoch. Every client library of Prometheus exports it by this name. */
const START_TIME = "process_start_time_seconds";

/** When the counters of a server started at 0; undefined if it does not say. */
export function startTimeOf(samples: readonly MetricSample[]): number | undefined {
  return samples.find(({ name }) => name === START_TIME)?.value;
}

/** Names of the metrics that a policy observes, among those of a runtime. */
export function observedMetrics({ feedback, comparison, users }: ServerMetrics): ReadonlySet<string> {
  return new Set([
    START_TIME,
    ...(feedback ? [feedback.count, feedback.sum, feedback.squares] : []),
    ...(comparison ? [comparison.pairs] : []),
    ...(users ? [users.requests, users.errors, users.feedbackCount, users.feedbackSum, users.newUsers] : []),
  ]);
}

/** Sums what servers have counted for a version: values of feedback, and pairs of predictions that agree. */
export function sumMetrics(
  samples: readonly MetricSample[],
  version: string,
  names: ServerMetrics,
): Record<string, MetricSums> {
  const sums: Record<string, { count: number; sum: number; sumOfSquares: number }> = {};
  for (const sample of samples) {
    if (sample.labels[names.labels.version] !== version) continue;
    const part = comparisonPart(sample, names) ?? feedbackPart(sample, names);
    if (part === undefined) continue;
    const entry = (sums[part.metric] ??= { count: 0, sum: 0, sumOfSquares: 0 });
    entry.count += part.count;
    entry.sum += part.sum;
    entry.sumOfSquares += part.sumOfSquares;
  }
  return sums;
}

/** What one sample adds to the sums of a business metric. */
interface MetricPart extends MetricSums {
  readonly metric: string;
}

const NONE: MetricSums = { count: 0, sum: 0, sumOfSquares: 0 };

function comparisonPart({ name, labels, value }: MetricSample, { comparison }: ServerMetrics): MetricPart | undefined {
  if (comparison === undefined || name !== comparison.pairs) return undefined;
  const agreed = labels[comparison.agreesLabel] === "true" ? value : 0;
  return { metric: AGREEMENT, count: value, sum: agreed, sumOfSquares: agreed };
}

function feedbackPart({ name, labels, value }: MetricSample, { feedback }: ServerMetrics): MetricPart | undefined {
  const metric = feedback && labels[feedback.metricLabel];
  if (metric === undefined) return undefined;
  if (name === feedback?.count) return { ...NONE, metric, count: value };
  if (name === feedback?.sum) return { ...NONE, metric, sum: value };
  if (name === feedback?.squares) return { ...NONE, metric, sumOfSquares: value };
  return undefined;
}

/** Sums what servers have counted of a version's users. A server exports nothing of them before a request names a bucket. */
export function sumUsers(
  samples: readonly MetricSample[],
  version: string,
  { labels, users, feedback }: ServerMetrics,
): Pick<TrackCounts, "buckets" | "newUsers"> {
  if (users === undefined) return {};
  const own = samples.filter((sample) => sample.labels[labels.version] === version);
  const counters = (counter: string): GroupCount[] =>
    own
      .filter(({ name }) => name === counter)
      .map((sample) => ({
        group: sample.labels[users.groupLabel],
        metric: sample.labels[feedback?.metricLabel ?? ""],
        value: sample.value,
      }));
  const buckets = bucketCountsOf({
    requests: counters(users.requests),
    errors: counters(users.errors),
    feedbackCounts: counters(users.feedbackCount),
    feedbackSums: counters(users.feedbackSum),
  });
  const newUsers = counters(users.newUsers);
  return {
    ...(buckets && { buckets }),
    ...(newUsers.length > 0 && { newUsers: newUsers.reduce((sum, { value }) => sum + value, 0) }),
  };
}
