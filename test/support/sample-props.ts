import type {
  AutoscalingProps,
  BusinessMetricProps,
  CanaryAnalysisProps,
  CanaryRolloutProps,
  CanaryTrafficProps,
  EvidenceProps,
  IstioRoutingProps,
  ModelVersionProps,
  MonitoringProps,
  NetworkProps,
  ObjectivesProps,
  OnnxRuntimeProps,
  PredictionComparisonProps,
  ServingProps,
  WarmUpProps,
} from "../../lib";
import { SHA } from "./plans";

export const NAMESPACE = "ml";
/** The longest name that is allowed: the names of objects are then cut and hashed. */
export const LONG_NAME = "recommender-of-films-and-series-to-watch";

export const minimal: CanaryRolloutProps = {
  stable: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
  canary: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
  objectives: { latencyP95: "100ms", errorRate: 0.001 },
  routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
};

export const evidence: Required<EvidenceProps> = {
  version: "2.3.0",
  sha256: SHA.canary,
  checks: (["validated", "endpoint_tested", "rollback_tested"] as const).map((kind) => ({
    kind,
    passed: true,
    at: "2026-01-02T03:04:05Z",
    summary: "as expected",
  })),
};

const warmUp: Required<WarmUpProps> = {
  enabled: true,
  samples: "s3://models/recommender/2.3.0/requests.jsonl",
  shapes: { image: [1, 3, 640, 640] },
};
// `Required`: a new prop is a compile error here until it is set, and so tested.
export const canaryVersion: Required<ModelVersionProps> = {
  version: "2.3.0",
  uri: "s3://models/recommender/2.3.0/model.onnx",
  sha256: SHA.canary,
  evidence,
  warmUp,
};
const objectives: Required<ObjectivesProps> = { latencyP95: "1s500ms", errorRate: 0.001 };
export const autoscaling: Required<AutoscalingProps> = {
  minReplicas: 3,
  maxReplicas: 50,
  cpuUtilization: 60,
  requestsPerSecond: 1000,
  scaleDownWindow: "10m",
};
const comparison: Required<PredictionComparisonProps> = {
  agreement: "top-1",
  tolerance: 0.01,
  samples: 5,
  showValues: true,
};
const serving: Required<ServingProps> = {
  image: `registry.example.com/slipway-serving@sha256:${"0".repeat(64)}`,
  cpu: "1500m",
  cpuLimit: "2",
  memory: "1Gi",
  modelStorage: "512Mi",
  maxBatchSize: 8,
  maxRequestSize: "64Mi",
  grpc: false,
  predictPath: "/predict",
  comparison,
  drain: "20s",
  startupTimeout: "20m",
  env: { AWS_REGION: "eu-west-1", EMPTY: "" },
  envFromSecrets: ["bucket-access"],
  imagePullSecrets: ["registry-access"],
  serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/models" },
  nodeSelector: { "kubernetes.io/arch": "amd64" },
};
const onnx: Required<OnnxRuntimeProps> = { workers: 3, threadsPerInference: 2, runTimeout: "20s" };
const monitoring: Required<MonitoringProps> = {
  enabled: true,
  scrapeInterval: "30s",
  selectorLabels: { release: "prometheus", team: "ml" },
};
const network: Required<NetworkProps> = {
  gatewayNamespace: "ingress",
  monitoringNamespace: "observability",
  allowFromNamespaces: ["batch", "ingress"],
};
const istio: Required<IstioRoutingProps> = {
  hosts: ["recommender.example.com", "recommender.ml.svc.cluster.local"],
  gateways: ["ingress/public", "mesh"],
  consecutiveErrors: 3,
  ejectionTime: "1m30s",
};
const traffic: Required<Omit<CanaryTrafficProps, "initialWeight" | "increment" | "maxWeight">> = {
  weights: [1, 10, 50],
  holdback: 10,
  interval: "1h",
  stage: { canary: "2.3.0", number: 2 },
};
const metric: Required<BusinessMetricProps> = {
  name: "seconds_to_click",
  direction: "lowerIsBetter",
  margin: 0.1,
  lowerBound: 0,
  upperBound: 60,
  maturity: "5m",
  minimumSamples: 30,
};
export const analysis: Required<CanaryAnalysisProps> = {
  latencyMargin: 0.1,
  latencyFloor: "5ms",
  errorRateMargin: 0.25,
  minimumSamples: 200,
  metrics: [metric, { name: "accuracy" }],
  onInsufficientData: "rollback",
  maxExtensions: 2,
  incidentTimeout: "20m",
  falseAlarmRate: 0.005,
  warmUp: "45s",
  readyShare: 0.75,
  expectedRequestsPerSecond: 500,
};
export const shared = {
  objectives,
  autoscaling,
  serving,
  runtime: { onnx },
  monitoring,
  network,
  environment: "production",
  namespace: NAMESPACE,
  labels: { team: "ml", "example.com/cost-centre": "42" },
} as const;
export const everything: Required<CanaryRolloutProps> = {
  ...shared,
  stable: { version: "2.2.0", uri: "https://models.example.com/2.2.0.onnx", sha256: SHA.stable },
  canary: canaryVersion,
  routing: { istio },
  traffic,
  analysis,
  controller: { enabled: false },
  overrides: {
    deployment: { spec: { template: { spec: { priorityClassName: "serving" } } } },
    "2-2-0-2-3-0-split": { metadata: { annotations: { "example.com/owner": "ml" } } },
  },
};
export const prerelease = (version: string): ModelVersionProps => ({ version, uri: `s3://models/${version}.onnx` });
