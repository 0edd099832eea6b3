import { grouping, ofMetric, selector, type Series, type SeriesWith } from "./series";

/** Failed requests within a window from which their share means something. */
export const MIN_FAILURES = 5;

/** Label that Prometheus gives the upper bounds of a histogram. */
const BOUND = "le";

/** The increase of counters within a window, summed. */
export function increaseBy(labels: string, series: string, window: string): string {
  return `sum by (${labels}) (increase(${series}[${window}]))`;
}

function rateBy(labels: string, series: string, window: string): string {
  return `sum by (${labels}) (rate(${series}[${window}]))`;
}

/** Requests within a window. */
export function requestCount(series: SeriesWith<"requests">, window: string): string {
  return increaseBy(grouping(series), `${series.metrics.requests.counter}${selector(series)}`, window);
}

/** Requests per second over a window. */
function requestRate(series: SeriesWith<"requests">, window: string): string {
  return rateBy(grouping(series), `${series.metrics.requests.counter}${selector(series)}`, window);
}

/** Share of failed requests over a window; 0, and not an empty result, while none failed. */
export function errorRatio(series: SeriesWith<"requests">, window: string): string {
  const all = requestRate(series, window);
  return `(${rateBy(grouping(series), failedRequests(series), window)} or 0 * ${all}) / ${all}`;
}

/**
 * True where enough requests failed within a window for their share to mean something: where traffic is thin, as on a
 * canary at its first weight, one failed request is a large share.
 */
export function enoughFailures(series: SeriesWith<"requests">, window: string): string {
  return `${increaseBy(grouping(series), failedRequests(series), window)} >= ${MIN_FAILURES}`;
}

/** True where at least this many requests were timed within a window. */
export function enoughRequests(series: SeriesWith<"latency">, window: string, minimum: number): string {
  const timed = `${series.metrics.latency.histogram}_count${selector(series)}`;
  return `${increaseBy(grouping(series), timed, window)} >= ${minimum}`;
}

/** A quantile of the latency in seconds over a window. */
export function latencyQuantile(series: SeriesWith<"latency">, quantile: number, window: string): string {
  const buckets = `${series.metrics.latency.histogram}_bucket${selector(series)}`;
  return `histogram_quantile(${quantile}, ${rateBy(`${grouping(series)}, ${BOUND}`, buckets, window)})`;
}

/** Mean of a business metric over a window. */
export function metricMean(series: SeriesWith<"feedback">, metric: string, window: string): string {
  const { sum, count } = series.metrics.feedback;
  const rate = (name: string) => rateBy(grouping(series), `${name}${valuesOf(series, metric)}`, window);
  return `${rate(sum)} / ${rate(count)}`;
}

/** True where at least this many values of a business metric arrived within a window. */
export function enoughValues(series: SeriesWith<"feedback">, metric: string, window: string, minimum: number): string {
  const values = `${series.metrics.feedback.count}${valuesOf(series, metric)}`;
  return `${increaseBy(grouping(series), values, window)} >= ${minimum}`;
}

function failedRequests(series: SeriesWith<"requests">): string {
  const { counter, failed } = series.metrics.requests;
  return `${counter}${selector(series, failed)}`;
}

function valuesOf(series: SeriesWith<"feedback">, metric: string): string {
  return selector(series, ofMetric(series, metric));
}

/** Matches the series of two versions of one model; `group_left` keeps the left one's labels. */
export function onSameModel({ metrics: { labels } }: Series): string {
  return `on (namespace, ${labels.model}) group_left ()`;
}
