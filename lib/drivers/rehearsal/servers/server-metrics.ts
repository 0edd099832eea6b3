import { CONTRACT } from "../../../core/contract";
import { AGREEMENT, type MetricSums } from "../../../strategies/observation";

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

const { metrics, labels } = CONTRACT;

/** Metrics of a server that a policy observes. */
export const OBSERVED_METRICS: ReadonlySet<string> = new Set([
  metrics.feedbackCount,
  metrics.feedbackSum,
  metrics.feedbackSquares,
  metrics.comparisonPairs,
]);

/** Sums what servers have counted for a version: values of feedback, and pairs of predictions that agree. */
export function sumMetrics(samples: readonly MetricSample[], version: string): Record<string, MetricSums> {
  const sums: Record<string, { count: number; sum: number; sumOfSquares: number }> = {};
  for (const sample of samples) {
    if (sample.labels[labels.version] !== version) continue;
    const part = partOf(sample);
    if (part === undefined) continue;
    const entry = (sums[part.metric] ??= { count: 0, sum: 0, sumOfSquares: 0 });
    entry.count += part.count;
    entry.sum += part.sum;
    entry.sumOfSquares += part.sumOfSquares;
  }
  return sums;
}

function partOf({ name, labels: given, value }: MetricSample): (MetricSums & { readonly metric: string }) | undefined {
  const none = { count: 0, sum: 0, sumOfSquares: 0 };
  if (name === metrics.comparisonPairs) {
    const agreed = given[labels.agrees] === "true" ? value : 0;
    return { metric: AGREEMENT, count: value, sum: agreed, sumOfSquares: agreed };
  }
  const metric = given[labels.metric];
  if (metric === undefined) return undefined;
  if (name === metrics.feedbackCount) return { ...none, metric, count: value };
  if (name === metrics.feedbackSum) return { ...none, metric, sum: value };
  return { ...none, metric, sumOfSquares: value };
}
