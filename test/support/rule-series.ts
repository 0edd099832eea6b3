import { CONTRACT } from "../../lib/core/contract";

/** Synthetic series, in promtool's notation, by name and labels. */
export type SeriesValues = Readonly<Record<string, string>>;

/** Labels of the series. */
export interface Source {
  readonly namespace: string;
  readonly model: string;
  readonly version: string;
  /** @default "pod-1" */
  readonly pod?: string;
}

const { metrics } = CONTRACT;

/** Answers each minute by their status: `{ 200: "0+60x30" }`. */
export function answers(source: Source, byCode: Readonly<Record<number, string>>): SeriesValues {
  const codes = Object.entries(byCode);
  return Object.fromEntries(codes.map(([code, values]) => [named(metrics.requests, source, { code }), values]));
}

/** A latency histogram: requests each minute within each bound, and in total, for half an hour. */
export function latencies(source: Source, within: Readonly<Record<string, number>>, all: number): SeriesValues {
  const steady = (each: number) => `0+${each}x30`;
  const buckets = Object.entries({ ...within, "+Inf": all });
  return {
    ...Object.fromEntries(
      buckets.map(([le, each]) => [named(`${metrics.duration}_bucket`, source, { le }), steady(each)]),
    ),
    [named(`${metrics.duration}_count`, source)]: steady(all),
  };
}

/** Values of a business metric: how many each minute, and their sum. */
export function feedback(source: Source, metric: string, count: number, sum: number): SeriesValues {
  return {
    [named(metrics.feedbackCount, source, { metric })]: `0+${count}x120`,
    [named(metrics.feedbackSum, source, { metric })]: `0+${sum}x120`,
  };
}

/** Users who are assigned to a version each minute. */
export function newUsers(source: Source, values: string): SeriesValues {
  return { [named(metrics.newUsers, source)]: values };
}

/** Requests each minute by group of users, in the order of the groups. */
export function requestsByGroup(source: Source, groups: readonly string[]): SeriesValues {
  return Object.fromEntries(
    groups.map((values, group) => [named(metrics.groupRequests, source, { user_group: String(group) }), values]),
  );
}

/** Copies of a shadow each minute: predictions that agreed, that differed, and that were not paired, for an hour. */
export function comparisons(
  source: Source,
  each: { agreed: number; differing: number; unpaired?: number },
): SeriesValues {
  const steady = (count: number) => `0+${count}x60`;
  return {
    [named(metrics.comparisonPairs, source, { agrees: "true" })]: steady(each.agreed),
    [named(metrics.comparisonPairs, source, { agrees: "false" })]: steady(each.differing),
    [named(metrics.comparisonUnpaired, source, { reason: "no_live_answer" })]: steady(each.unpaired ?? 0),
  };
}

/** Whether each replica is ready, one pod for each text. */
export function ready(source: Source, ...pods: readonly string[]): SeriesValues {
  return Object.fromEntries(
    pods.map((values, index) => [named(metrics.modelReady, { ...source, pod: `pod-${index + 1}` }), values]),
  );
}

/** How the gateway saw requests end. */
export interface GatewayOutcome {
  readonly code: number;
  /** Envoy's response flags, such as `UF,URX`. @default "-" */
  readonly flags?: string;
  /** Code of gRPC. @default - the request is not gRPC */
  readonly grpc?: number;
  /** Requests each minute. */
  readonly values: string;
}

/** Requests to the Service of a version, as an Istio gateway counts them. */
export function routed(source: Source, ...outcomes: readonly GatewayOutcome[]): SeriesValues {
  return Object.fromEntries(
    outcomes.map(({ code, flags = "-", grpc, values }) => [
      gatewaySeries("istio_requests_total", source, {
        response_code: String(code),
        response_flags: flags,
        ...(grpc !== undefined && { grpc_response_status: String(grpc) }),
      }),
      values,
    ]),
  );
}

/** The latency of those requests: how many each minute within each bound in milliseconds, and in total, for half an hour. */
export function routedWithin(
  source: Source,
  within: Readonly<Record<string, number>>,
  all: number,
  code = 200,
): SeriesValues {
  const metric = "istio_request_duration_milliseconds_bucket";
  return Object.fromEntries(
    Object.entries({ ...within, "+Inf": all }).map(([le, each]) => [
      gatewaySeries(metric, source, { response_code: String(code), le }),
      `0+${each}x30`,
    ]),
  );
}

/** The labels that Istio sets, and those of the gateway's own pod, by which Prometheus finds it. */
function gatewaySeries(metric: string, source: Source, more: Readonly<Record<string, string>>): string {
  const { namespace, model, version } = source;
  const labels = {
    namespace: "istio-ingress",
    pod: "gateway-1",
    reporter: "source",
    source_workload: "istio-ingressgateway",
    destination_service_name: `${model}-${version.replaceAll(".", "-")}`,
    destination_service_namespace: namespace,
    ...more,
  };
  const parts = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${metric}{${parts.join(",")}}`;
}

function named(metric: string, { pod = "pod-1", ...source }: Source, more: Readonly<Record<string, string>> = {}) {
  const labels = Object.entries({ ...source, pod, ...more }).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${metric}{${labels.join(",")}}`;
}
