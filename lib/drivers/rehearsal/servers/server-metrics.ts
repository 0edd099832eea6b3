import { CONTRACT } from "../../../core/contract";
import { AGREEMENT, type MetricSums } from "../../../strategies/observation";
import type { MetricSample } from "./prometheus-text";

const { metrics, labels } = CONTRACT;

/** Names of the metrics of a server that a policy is told of. */
export const OBSERVED_METRICS: ReadonlySet<string> = new Set([
  metrics.feedbackCount,
  metrics.feedbackSum,
  metrics.feedbackSquares,
  metrics.comparisonPairs,
]);

/** What servers have counted for a version: values of feedback, and pairs of predictions that agree. */
export function metricSums(samples: readonly MetricSample[], version: string): Record<string, MetricSums> {
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
