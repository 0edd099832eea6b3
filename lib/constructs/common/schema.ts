import { Environment } from "../../core/environment";
import {
  defaulted,
  deferrable,
  list,
  map,
  object,
  optional,
  required,
  type Check,
  type Fields,
  type Parsed,
} from "../../core/checks/check";
import { dnsName, environmentName, labelKey, labelValue, objectName } from "../../core/checks/names";
import {
  anyObject,
  cpu,
  duration,
  flag,
  instant,
  memory,
  memoryUpTo,
  modelUri,
  number,
  oneOf,
  predictPath,
  semver,
  sha256,
  text,
} from "../../core/checks/values";
import { parseRuntime } from "../../runtimes/registry";
import {
  EvidenceKind,
  PredictionAgreement,
  type AutoscalingProps,
  type EvidenceCheckProps,
  type EvidenceProps,
  type ModelVersionProps,
  type MonitoringProps,
  type NetworkProps,
  type ObjectivesProps,
  type PredictionComparisonProps,
  type ServingProps,
  type WarmUpProps,
} from "./props";

const evidenceCheck = {
  kind: required(oneOf(EvidenceKind)),
  passed: required(flag),
  at: required(instant),
  summary: optional(text),
} satisfies Fields<EvidenceCheckProps>;

const evidence = {
  sha256: required(sha256),
  version: required(semver),
  checks: required(list(object(evidenceCheck))),
} satisfies Fields<EvidenceProps>;

const warmUp = {
  enabled: optional(flag),
  samples: optional(deferrable(modelUri)),
  shapes: optional(map(list(number({ min: 1, max: 2 ** 31 - 1, whole: true })))),
} satisfies Fields<WarmUpProps>;

const modelVersion = {
  version: required(semver),
  uri: required(deferrable(modelUri)),
  sha256: optional(sha256),
  evidence: optional(object(evidence)),
  warmUp: optional(object(warmUp)),
} satisfies Fields<ModelVersionProps>;

const objectives = {
  latencyP95: optional(duration({ min: 0.001, max: 3600 })),
  errorRate: optional(number({ above: 0, below: 1 })),
} satisfies Fields<ObjectivesProps>;

const autoscaling = {
  minReplicas: defaulted(number({ min: 1, max: 1000, whole: true }), 2),
  maxReplicas: defaulted(number({ min: 1, max: 1000, whole: true }), 20),
  cpuUtilization: defaulted(number({ min: 1, max: 100, whole: true }), 70),
  requestsPerSecond: optional(number({ min: 1, max: 1_000_000, whole: true })),
  scaleDownWindow: defaulted(wholeSeconds(1, 3600), 300),
} satisfies Fields<AutoscalingProps>;

const comparison = {
  agreement: defaulted(oneOf(PredictionAgreement), PredictionAgreement.Values),
  tolerance: defaulted(number({ min: 0, max: 1e9 }), 0.001),
  samples: defaulted(number({ min: 0, max: 10_000, whole: true }), 50),
  showValues: defaulted(flag, false),
} satisfies Fields<PredictionComparisonProps>;

const serving = {
  image: optional(deferrable(text)),
  cpu: defaulted(cpu, "500m"),
  cpuLimit: optional(cpu),
  memory: defaulted(memory, "512Mi"),
  modelStorage: defaulted(memory, "2Gi"),
  maxBatchSize: defaulted(number({ min: 1, max: 1024, whole: true }), 32),
  maxRequestSize: optional(memoryUpTo("512Mi")),
  grpc: defaulted(flag, true),
  predictPath: optional(predictPath),
  comparison: withDefaults(comparison),
  drain: defaulted(wholeSeconds(1, 600), 10),
  startupTimeout: defaulted(wholeSeconds(10, 7200), 300),
  env: defaulted(map(deferrable(anyText), environmentName), {}),
  envFromSecrets: defaulted(list(objectName), []),
  imagePullSecrets: defaulted(list(objectName), []),
  serviceAccountAnnotations: defaulted(map(deferrable(anyText), labelKey), {}),
  nodeSelector: defaulted(map(labelValue, labelKey), {}),
} satisfies Fields<ServingProps>;

const monitoring = {
  enabled: defaulted(flag, true),
  scrapeInterval: defaulted(wholeSeconds(1, 60), 15),
  selectorLabels: defaulted(map(labelValue, labelKey), { release: "kube-prometheus-stack" }),
} satisfies Fields<MonitoringProps>;

const network = {
  gatewayNamespace: optional(dnsName),
  monitoringNamespace: defaulted(dnsName, "monitoring"),
  allowFromNamespaces: defaulted(list(dnsName), []),
} satisfies Fields<NetworkProps>;

/** A parsed model version. */
export type ModelVersion = Parsed<typeof modelVersion>;
export type Objectives = Parsed<typeof objectives>;
export type Autoscaling = Parsed<typeof autoscaling>;
export type Serving = Parsed<typeof serving>;
export type Monitoring = Parsed<typeof monitoring>;
export type Network = Parsed<typeof network>;

export const checkModelVersion = object(modelVersion);

/** Fields that every construct around tracks has. */
export const commonFields = {
  objectives: optional(object(objectives)),
  autoscaling: withDefaults(autoscaling),
  serving: withDefaults(serving),
  runtime: optional(parseRuntime),
  monitoring: withDefaults(monitoring),
  network: withDefaults(network),
  environment: defaulted(oneOf(Environment), Environment.Development),
  namespace: optional(deferrable(dnsName)),
  labels: defaulted(map(labelValue, labelKey), {}),
  overrides: defaulted(map(anyObject), {}),
};

/** An optional object whose members are all optional: missing is the same as empty. */
export function withDefaults<F extends Parameters<typeof object>[0]>(fields: F) {
  const defaults = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.fallback])) as Parsed<F>;
  return defaulted(object(fields), defaults);
}

/** A duration for a field of the Kubernetes API that is in whole seconds. */
function wholeSeconds(min: number, max: number): Check<number> {
  return duration({ min, max, whole: true });
}

function anyText(value: unknown, path: string, diagnostics: Parameters<Check<string>>[2]): string | undefined {
  return value === "" ? "" : text(value, path, diagnostics);
}
