import { CONTRACT, FAILED_CODES, LONGEST_LATENCY } from "../../core/contract";
import type { ServerMetrics } from "../metrics";
import type { Runtime } from "../runtime";
import { GRPC_PORT, HTTP_PORT, onnxContainer, onnxVolumes } from "./container";
import { onnxLocalProgram } from "./local-program";
import { metricRules } from "./metric-rules";
import { parseOnnx, type OnnxSettings } from "./schema";
import { liveServiceName, serverSettings, SETTINGS_FILE } from "./server-settings";

const { arguments: flags, env, headers, image, labels, metrics: names, paths, ports } = CONTRACT;

const metrics: ServerMetrics = {
  labels: { model: labels.model, version: labels.version },
  requests: { counter: names.requests, failed: `${labels.code}=~"${FAILED_CODES}"` },
  latency: { histogram: names.duration, longestSeconds: LONGEST_LATENCY },
  ready: names.modelReady,
  feedback: {
    count: names.feedbackCount,
    sum: names.feedbackSum,
    squares: names.feedbackSquares,
    metricLabel: labels.metric,
  },
  users: {
    requests: names.groupRequests,
    errors: names.groupErrors,
    feedbackCount: names.groupFeedbackCount,
    feedbackSum: names.groupFeedbackSum,
    groupLabel: labels.userGroup,
    newUsers: names.newUsers,
  },
  comparison: {
    pairs: names.comparisonPairs,
    agreesLabel: labels.agrees,
    unpaired: names.comparisonUnpaired,
    reasonLabel: labels.reason,
    differences: names.comparisonDifference,
    outputLabel: labels.output,
  },
  requestsPerSecond: "slipway_inference_requests_per_second",
};

/** The server of `serving-image`; what it and the plan agree on is its contract. */
export const onnx: Runtime<OnnxSettings> = {
  title: "the bundled ONNX server",
  parse: parseOnnx,
  image: `${image.name}:0.1.0`,
  userId: image.uid,
  ports: { http: { name: HTTP_PORT, port: ports.http }, grpc: { name: GRPC_PORT, port: ports.grpc } },
  paths: { ready: paths.ready, metrics: paths.metrics },
  metrics,
  // Users may set the log level themselves.
  reservedVariables: Object.values(env).filter((name) => name !== env.logLevel),
  feedback: { path: paths.feedback, idHeader: headers.predictionId, metricRules },
  comparison: { serviceName: liveServiceName, samplesPath: paths.comparison },
  faults: { argument: flags.allowFaults, path: paths.faults },
  localProgram: onnxLocalProgram,
  settingsFiles: (spec, settings) => ({ [SETTINGS_FILE]: serverSettings(spec, settings) }),
  container: onnxContainer,
  volumes: onnxVolumes,
};
