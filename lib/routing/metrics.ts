/** Requests that a gateway routed, as callers saw them: also those that never reached a server. */
export interface GatewayRequestMetrics {
  readonly counter: string;
  /** Label matchers as PromQL: a request that any of them matches is an error of the service. */
  readonly failed: readonly string[];
}

/** How long callers waited for responses, as a histogram. */
export interface GatewayLatencyMetrics {
  /** Its name without `_bucket` and `_count`. */
  readonly histogram: string;
  /** The unit of its bounds, in seconds. */
  readonly unitSeconds: number;
  /** Its finite bounds, ascending. */
  readonly bounds: readonly number[];
  /** Label matchers as PromQL: the latency of a request that any of them matches says how fast the service is. */
  readonly timed: readonly string[];
}

/** Metrics in which a gateway counts the requests to each Service. A missing member is something that it does not measure. */
export interface GatewayMetrics {
  /** Label that names the namespace of the Service. */
  readonly namespaceLabel: string;
  readonly requests: GatewayRequestMetrics;
  readonly latency?: GatewayLatencyMetrics;
  /** Matchers of the series of one Service as PromQL, without its namespace. */
  destination(service: string): string;
}
