import { CONTRACT, FAILED_CODES } from "../core/contract";

const { metrics, labels } = CONTRACT;

/** The model version that an expression is about. */
export interface Series {
  readonly model: string;
  readonly version: string;
  /** Where it is known when planning; rules see one namespace's series only where the operator enforces it. */
  readonly namespace?: string | undefined;
}

/** Labels that every expression keeps, and so every alert has. */
export const GROUPING = "namespace, model, version";

const FEWEST_FAILURES = 5;

/** Selector of a version's series: `{model="recommender",version="2.3.0"}`. */
export function selector({ model, version, namespace }: Series, ...more: string[]): string {
  const parts = [`${labels.model}=${JSON.stringify(model)}`, `${labels.version}=${JSON.stringify(version)}`];
  if (namespace !== undefined) parts.push(`namespace=${JSON.stringify(namespace)}`);
  return `{${[...parts, ...more].join(",")}}`;
}

/** Selector of the series of several versions of one model, or of one metric of theirs. */
export function selectorOfAll(versions: readonly Series[], metric?: string): string {
  const [first] = versions;
  const pattern = versions.map(({ version }) => version.replace(/[.+]/g, "\\$&")).join("|");
  const parts = [
    `${labels.model}=${JSON.stringify(first?.model)}`,
    `${labels.version}=~${JSON.stringify(pattern)}`,
    ...(first?.namespace === undefined ? [] : [`namespace=${JSON.stringify(first.namespace)}`]),
    ...(metric === undefined ? [] : [`${labels.metric}=${JSON.stringify(metric)}`]),
  ];
  return `{${parts.join(",")}}`;
}

/** By how much counters rose within a window, summed up. */
export function increaseBy(grouping: string, series: string, window: string): string {
  return `sum by (${grouping}) (increase(${series}[${window}]))`;
}

/** Requests per second over a window. */
export function requestRate(series: Series, window: string): string {
  return `sum by (${GROUPING}) (rate(${metrics.requests}${selector(series)}[${window}]))`;
}

/** Share of failed requests over a window; 0, not nothing, while none failed. */
export function errorRatio(series: Series, window: string): string {
  const all = requestRate(series, window);
  return `(sum by (${GROUPING}) (rate(${metrics.requests}${failed(series)}[${window}])) or 0 * ${all}) / ${all}`;
}

/**
 * Holds where enough requests failed within a window for their share to mean something: where traffic is thin, as on a
 * canary at its first weight, one failed request is a large share.
 */
export function enoughFailures(series: Series, window: string): string {
  return `sum by (${GROUPING}) (increase(${metrics.requests}${failed(series)}[${window}])) >= ${FEWEST_FAILURES}`;
}

/** Holds where at least so many requests were answered within a window. */
export function enoughRequests(series: Series, window: string, fewest: number): string {
  return `sum by (${GROUPING}) (increase(${metrics.duration}_count${selector(series)}[${window}])) >= ${fewest}`;
}

/** A quantile of the latency in seconds over a window. */
export function latencyQuantile(series: Series, quantile: number, window: string): string {
  const buckets = `rate(${metrics.duration}_bucket${selector(series)}[${window}])`;
  return `histogram_quantile(${quantile}, sum by (${GROUPING}, le) (${buckets}))`;
}

/** Mean of a business metric over a window. */
export function metricMean(series: Series, metric: string, window: string): string {
  const rate = (name: string) => `sum by (${GROUPING}) (rate(${name}${valuesOf(series, metric)}[${window}]))`;
  return `${rate(metrics.feedbackSum)} / ${rate(metrics.feedbackCount)}`;
}

/** Holds where at least so many values of a business metric came back within a window. */
export function enoughValues(series: Series, metric: string, window: string, fewest: number): string {
  const values = `${metrics.feedbackCount}${valuesOf(series, metric)}`;
  return `sum by (${GROUPING}) (increase(${values}[${window}])) >= ${fewest}`;
}

function failed(series: Series): string {
  return selector(series, `${labels.code}=~"${FAILED_CODES}"`);
}

function valuesOf(series: Series, metric: string): string {
  return selector(series, `${labels.metric}=${JSON.stringify(metric)}`);
}
