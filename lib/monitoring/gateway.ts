import { roundComputed } from "../core/format";
import type { GatewaySeries } from "./series";

/*
 * A gateway's series have labels of their own. The expressions below keep only that of the namespace, so they can be
 * combined with each other; `asVersion` then gives the result the labels that the server's series have.
 */

/** Requests to a version within a window, by `rate` or `increase`. */
export function gatewayRequests(series: GatewaySeries, by: "rate" | "increase", window: string): string {
  return summed(series, by, window, { metric: series.gateway.metrics.requests.counter });
}

/** The same of those that failed. Empty, and not 0, until one has failed. */
export function gatewayFailures(series: GatewaySeries, by: "rate" | "increase", window: string): string {
  const { counter, failed } = series.gateway.metrics.requests;
  return summed(series, by, window, { metric: counter, matchers: failed });
}

/** Share of failed requests over a window; 0, and not an empty result, while none failed. */
export function gatewayErrorRatio(series: GatewaySeries, window: string): string {
  const all = gatewayRequests(series, "rate", window);
  return `(${gatewayFailures(series, "rate", window)} or 0 * ${all}) / ${all}`;
}

/**
 * True where a quantile of the latency is above a limit, as callers measure it. Its buckets are coarse, so the limit is
 * rounded up to the next bound: above it, the quantile certainly exceeds the limit. Undefined without such a bound.
 */
export function gatewayLatencyAbove(
  series: GatewaySeries,
  quantile: number,
  limitSeconds: number,
  window: string,
): string | undefined {
  const { latency } = series.gateway.metrics;
  const bound = latency?.bounds.find((each) => each * latency.unitSeconds >= limitSeconds);
  if (latency === undefined || bound === undefined) return undefined;
  const { histogram, timed, unitSeconds } = latency;
  const buckets = summed(series, "rate", window, { metric: `${histogram}_bucket`, matchers: timed, label: "le" });
  const seconds = `histogram_quantile(${quantile}, ${buckets}) * ${unitSeconds}`;
  return `${seconds} > ${roundComputed(bound * unitSeconds)}`;
}

/** Gives the result of an expression the label of the namespace that the server's series have, and no other label. */
export function byNamespace({ gateway }: GatewaySeries, expression: string): string {
  const { namespaceLabel } = gateway.metrics;
  return `sum by (namespace) (label_replace(${expression}, "namespace", "$1", "${namespaceLabel}", "(.+)"))`;
}

/** Gives the result of an expression the labels that the server's series of the version have, and no others. */
export function asVersion(series: GatewaySeries, expression: string): string {
  const { labels } = series.metrics;
  const named = withLabel(byNamespace(series, expression), labels.model, series.model);
  return withLabel(named, labels.version, series.version);
}

function withLabel(expression: string, label: string, value: string): string {
  return `label_replace(${expression}, "${label}", ${JSON.stringify(value)}, "", "")`;
}

/** The sum over all series of a metric that any of the matchers selects. */
function summed(
  series: GatewaySeries,
  by: "rate" | "increase",
  window: string,
  of: { readonly metric: string; readonly matchers?: readonly string[]; readonly label?: string },
): string {
  const { metric, matchers = [""], label } = of;
  const { namespaceLabel } = series.gateway.metrics;
  const alternatives = matchers.map((matcher) => `${by}(${metric}${selectorOf(series, matcher)}[${window}])`);
  return `sum by (${[namespaceLabel, ...(label === undefined ? [] : [label])].join(", ")}) (${alternatives.join(" or ")})`;
}

function selectorOf({ namespace, gateway: { service, metrics } }: GatewaySeries, matcher: string): string {
  const parts = [
    metrics.destination(service),
    ...(namespace === undefined ? [] : [`${metrics.namespaceLabel}=${JSON.stringify(namespace)}`]),
    ...(matcher === "" ? [] : [matcher]),
  ];
  return `{${parts.join(",")}}`;
}
