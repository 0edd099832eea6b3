import type { GatewayMetrics } from "../routing/metrics";
import type { MetricGroup, ServerMetrics } from "../runtimes/metrics";

/** The Service of a version behind a gateway, and what the gateway measures. */
export interface GatewaySource {
  readonly service: string;
  readonly metrics: GatewayMetrics;
}

/** The model version that an expression is about, and what its server measures. */
export interface Series {
  readonly model: string;
  readonly version: string;
  /** Missing if it is not known when planning. Only some installations of the Prometheus Operator limit a rule to its namespace. */
  readonly namespace?: string | undefined;
  readonly metrics: ServerMetrics;
  /** Missing if no gateway counts its requests. */
  readonly gateway?: GatewaySource;
}

/** Series of a server that has these metrics. */
export type SeriesWith<Group extends MetricGroup> = Series & {
  readonly metrics: ServerMetrics & Required<Pick<ServerMetrics, Group>>;
};

/** Whether a server has all of these metrics, so that expressions can name them. */
export function hasMetrics<Group extends MetricGroup>(
  series: Series,
  ...groups: readonly Group[]
): series is SeriesWith<Group> {
  return groups.every((group) => series.metrics[group] !== undefined);
}

/** Those series whose servers have all of these metrics. */
export function seriesWith<Group extends MetricGroup>(
  series: readonly Series[],
  ...groups: readonly Group[]
): SeriesWith<Group>[] {
  return series.filter((each): each is SeriesWith<Group> => hasMetrics(each, ...groups));
}

/** A version whose requests a gateway counts. */
export type GatewaySeries = Series & { readonly gateway: GatewaySource };

/** Whether a gateway counts the requests to a version, so that expressions can name its metrics. */
export function hasGateway(series: Series): series is GatewaySeries {
  return series.gateway !== undefined;
}

/** Labels that every expression keeps, and so every alert has. */
export function grouping({ metrics: { labels } }: Series): string {
  return `namespace, ${labels.model}, ${labels.version}`;
}

/** Labels of all versions of one model together. */
export function modelGrouping({ metrics: { labels } }: Series): string {
  return `namespace, ${labels.model}`;
}

/** Selector of a version's series: `{model="recommender",version="2.3.0"}`. */
export function selector({ model, version, namespace, metrics: { labels } }: Series, ...more: string[]): string {
  const parts = [`${labels.model}=${JSON.stringify(model)}`, `${labels.version}=${JSON.stringify(version)}`];
  if (namespace !== undefined) parts.push(`namespace=${JSON.stringify(namespace)}`);
  return `{${[...parts, ...more].join(",")}}`;
}

/** Selector of the series of several versions of one model. */
export function selectorOfAll(versions: readonly Series[], ...more: string[]): string {
  const [first] = versions;
  if (first === undefined) return "{}";
  const { model, namespace, metrics } = first;
  const pattern = versions.map(({ version }) => version.replace(/[.+]/g, "\\$&")).join("|");
  const parts = [
    `${metrics.labels.model}=${JSON.stringify(model)}`,
    `${metrics.labels.version}=~${JSON.stringify(pattern)}`,
    ...(namespace === undefined ? [] : [`namespace=${JSON.stringify(namespace)}`]),
  ];
  return `{${[...parts, ...more].join(",")}}`;
}

/** Matcher of the values of one business metric. */
export function ofMetric({ metrics: { feedback } }: SeriesWith<"feedback">, metric: string): string {
  return `${feedback.metricLabel}=${JSON.stringify(metric)}`;
}
