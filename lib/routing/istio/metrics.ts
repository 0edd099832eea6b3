import { FAILED_CODES } from "../../core/contract";
import type { GatewayMetrics } from "../metrics";

/** The caller disconnected (DC) or reset its stream (DR): not an error of the service. */
const CALLER_STAYED = 'response_flags!~"(.*,)?(DC|DR)(,.*)?"';

/**
 * Codes of gRPC that are errors of the service: UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE and
 * DATA_LOSS. The HTTP status of such a response is 200.
 */
const FAILED_GRPC_CODES = "2|4|8|13|14|15";
const TIMED_OUT_IN_GRPC = "4";

/** 0 is a request to which Envoy sent no response. */
const NO_RESPONSE = "0";
const GATEWAY_TIMEOUT = 504;

/** Default buckets of Istio's histograms, in milliseconds. */
const BOUNDS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/**
 * Istio's standard metrics, as the proxy of the caller reports them: the gateway, or a sidecar. The proxy of the server
 * reports nothing of a request that did not reach it.
 */
export const istioMetrics: GatewayMetrics = {
  namespaceLabel: "destination_service_namespace",
  requests: {
    counter: "istio_requests_total",
    failed: [
      `response_code=~"${FAILED_CODES}|${NO_RESPONSE}",${CALLER_STAYED}`,
      `grpc_response_status=~"${FAILED_GRPC_CODES}",${CALLER_STAYED}`,
    ],
  },
  latency: {
    histogram: "istio_request_duration_milliseconds",
    unitSeconds: 0.001,
    bounds: BOUNDS,
    timed: [
      `response_code=~"[23]..",grpc_response_status=~"|0|${TIMED_OUT_IN_GRPC}"`,
      `response_code="${GATEWAY_TIMEOUT}"`,
    ],
  },
  destination: (service) => `reporter="source",destination_service_name=${JSON.stringify(service)}`,
};
