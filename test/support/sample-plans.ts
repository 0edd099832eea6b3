import { readdirSync } from "node:fs";
import { join } from "node:path";

import {
  planBanditRollout,
  planBlueGreenPair,
  planCanaryRollout,
  planInferenceAutoscaler,
  planModelService,
  planShadowDeployment,
  type AutoscalingProps,
  type BanditRolloutProps,
  type BlueGreenPairProps,
  type BusinessMetricProps,
  type CanaryAnalysisProps,
  type CanaryRolloutProps,
  type CanaryTrafficProps,
  type EvidenceProps,
  type IstioRoutingProps,
  type ModelVersionProps,
  type MonitoringProps,
  type NetworkProps,
  type ObjectivesProps,
  type PredictionComparisonProps,
  type Plan,
  type ServingProps,
  type ShadowDeploymentProps,
} from "../../lib";
import { ROLLOUTS } from "../../lib/cli/rollouts";
import { canaryProps, SHA } from "./plans";

/** A plan and what is special about the props that it was made from. */
export interface SamplePlan {
  readonly name: string;
  readonly plan: Plan;
}

const NAMESPACE = "ml";
/** As long as a name may be: the names of objects are then cut and hashed. */
const LONG_NAME = "recommender-of-films-and-series-to-watch";

const minimal: CanaryRolloutProps = {
  stable: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
  canary: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
  objectives: { latencyP95: "100ms", errorRate: 0.001 },
  routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
};

const evidence: Required<EvidenceProps> = {
  version: "2.3.0",
  sha256: SHA.canary,
  checks: (["validated", "endpoint_tested", "rollback_tested"] as const).map((kind) => ({
    kind,
    passed: true,
    at: "2026-01-02T03:04:05Z",
    summary: "as expected",
  })),
};

// `Required`: a prop that is new does not compile here before it is given, and so checked.
const canaryVersion: Required<ModelVersionProps> = {
  version: "2.3.0",
  uri: "s3://models/recommender/2.3.0/model.onnx",
  sha256: SHA.canary,
  evidence,
};
const objectives: Required<ObjectivesProps> = { latencyP95: "1s500ms", errorRate: 0.001 };
const autoscaling: Required<AutoscalingProps> = {
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
  interval: "1h",
  stage: { canary: "2.3.0", number: 2 },
};
const metric: Required<BusinessMetricProps> = {
  name: "seconds_to_click",
  direction: "lowerIsBetter",
  margin: 0.1,
  lowerBound: 0,
  upperBound: 60,
  minimumSamples: 30,
};
const analysis: Required<CanaryAnalysisProps> = {
  latencyMargin: 0.1,
  latencyFloor: "5ms",
  errorRateMargin: 0.25,
  minimumSamples: 200,
  metrics: [metric, { name: "accuracy" }],
  onInsufficientData: "rollback",
  maxExtensions: 2,
  falseAlarmRate: 0.005,
  readyShare: 0.75,
};
const shared = {
  objectives,
  autoscaling,
  serving,
  monitoring,
  network,
  environment: "production",
  namespace: NAMESPACE,
  labels: { team: "ml", "example.com/cost-centre": "42" },
} as const;
const everything: Required<CanaryRolloutProps> = {
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
const { stable, canary, traffic: stages, ...rollout } = everything;
const { onInsufficientData, maxExtensions, readyShare, ...pairAnalysis } = analysis;
const pair: BlueGreenPairProps = {
  blue: minimal.stable,
  green: minimal.canary,
  live: "blue",
  objectives: minimal.objectives,
  routing: minimal.routing,
};
const everythingOfPair: Required<BlueGreenPairProps> = {
  ...rollout,
  analysis: pairAnalysis,
  blue: everything.stable,
  green: canaryVersion,
  live: "blue",
  idle: "full",
  preparedReplicas: 12,
  preview: { hosts: ["preview.recommender.example.com"], gateways: ["ingress/private"] },
  smokeTest: { requests: 100, latencyP95: "80ms" },
  watchFor: "30m",
  standbyFor: "12h",
  standbyReplicas: 2,
};
const bandit: BanditRolloutProps = {
  arms: [minimal.stable, minimal.canary],
  reward: { metric: "clicked" },
  objectives: minimal.objectives,
  routing: minimal.routing,
};
const everythingOfBandit: Required<BanditRolloutProps> = {
  ...rollout,
  analysis: pairAnalysis,
  arms: [
    everything.stable,
    canaryVersion,
    { ...canaryVersion, version: "2.4.0", evidence: { ...evidence, version: "2.4.0" } },
  ],
  reward: { metric: "seconds_to_click", direction: "lowerIsBetter", lowerBound: 1, upperBound: 60 },
  traffic: {
    algorithm: "ucb",
    exploration: 2,
    floor: 10,
    maxStep: 5,
    updateEvery: "30m",
    warmUp: { split: { "2.2.0": 60, "2.3.0": 20, "2.4.0": 20 }, rewards: 500 },
    halfLife: "12h",
    duration: "30d",
    split: { "2.2.0": 30, "2.3.0": 70, "2.4.0": 0 },
  },
  overrides: { "2-2-0-2-3-0-2-4-0-split": { metadata: { annotations: { "example.com/owner": "ml" } } } },
};
const { metrics, ...shadowAnalysis } = pairAnalysis;
const shadowing: ShadowDeploymentProps = {
  live: minimal.stable,
  shadow: minimal.canary,
  objectives: minimal.objectives,
  routing: minimal.routing,
};
const everythingOfShadow: Required<ShadowDeploymentProps> = {
  ...rollout,
  analysis: shadowAnalysis,
  live: everything.stable,
  shadow: canaryVersion,
  percent: 25,
  duration: "12h",
  agreement: { atLeast: 0.9, minimumPairs: 1000 },
};
const prerelease = (version: string): ModelVersionProps => ({ version, uri: `s3://models/${version}.onnx` });

/** Plans of every construct, over props that differ in what they make. */
export const samplePlans: readonly SamplePlan[] = [
  { name: "a canary with every default", plan: planCanaryRollout("recommender", minimal) },
  { name: "a canary with everything given", plan: planCanaryRollout("recommender", everything) },
  {
    name: "a canary whose weights a controller moves",
    plan: planCanaryRollout("recommender", { ...canaryProps, controller: { enabled: true } }),
  },
  {
    name: "a canary with a latency objective alone",
    plan: planCanaryRollout("recommender", { ...minimal, objectives: { latencyP95: "2ms" } }),
  },
  {
    name: "a canary with an error objective alone",
    plan: planCanaryRollout("recommender", { ...minimal, objectives: { errorRate: 0.05 } }),
  },
  {
    name: "a canary of pre-releases under a long name",
    plan: planCanaryRollout(LONG_NAME, {
      ...minimal,
      stable: prerelease("2.3.0-rc.1"),
      canary: prerelease("2.3.0-RC.2.with-a-branch-name-that-goes-on-and-on-and-on+build.7"),
    }),
  },
  { name: "a pair with every default", plan: planBlueGreenPair("recommender", pair) },
  { name: "a pair with everything given", plan: planBlueGreenPair("recommender", everythingOfPair) },
  { name: "a pair after the switch", plan: planBlueGreenPair("recommender", { ...pair, live: "green" }) },
  {
    name: "a pair whose blue is on standby",
    plan: planBlueGreenPair("recommender", { ...pair, live: "green", idle: "standby" }),
  },
  {
    name: "a pair whose blue is gone",
    plan: planBlueGreenPair("recommender", { ...everythingOfPair, live: "green", idle: "retired" }),
  },
  { name: "a bandit with every default", plan: planBanditRollout("recommender", bandit) },
  { name: "a bandit with everything given", plan: planBanditRollout("recommender", everythingOfBandit) },
  {
    name: "a bandit whose weights a controller moves, under a long name",
    plan: planBanditRollout(LONG_NAME, {
      ...bandit,
      arms: [...bandit.arms, prerelease("2.4.0-rc.1"), prerelease("2.4.0-rc.2")],
      traffic: { algorithm: "epsilonGreedy", epsilon: 0.2 },
      controller: { enabled: true },
    }),
  },
  { name: "a shadow with every default", plan: planShadowDeployment("recommender", shadowing) },
  { name: "a shadow with everything given", plan: planShadowDeployment("recommender", everythingOfShadow) },
  {
    name: "a shadow that gets no copies",
    plan: planShadowDeployment("recommender", { ...shadowing, percent: 0 }),
  },
  {
    name: "a model service with every default",
    plan: planModelService("recommender", { model: minimal.canary, objectives: minimal.objectives }),
  },
  {
    name: "a model service with everything given",
    plan: planModelService("recommender", {
      ...shared,
      model: canaryVersion,
      overrides: { service: { spec: { internalTrafficPolicy: "Cluster" } } },
    }),
  },
  {
    name: "a model service that is not watched",
    plan: planModelService("recommender", {
      model: prerelease("1.0.0+build.5"),
      objectives: minimal.objectives,
      monitoring: { enabled: false },
    }),
  },
  { name: "an autoscaler with every default", plan: planInferenceAutoscaler("triton", { deployment: "triton" }) },
  {
    name: "an autoscaler with everything given",
    plan: planInferenceAutoscaler("triton", {
      deployment: "triton",
      autoscaling,
      namespace: NAMESPACE,
      overrides: { autoscaler: { metadata: { labels: { team: "ml" } } } },
    }),
  },
  ...examplePlans(join(__dirname, "../../examples")),
];

interface Example {
  readonly name: string;
  readonly props: unknown;
  readonly construct?: string;
}

/** The plan of every props file of every example, as `slipway` would find it. */
function examplePlans(root: string): SamplePlan[] {
  const files = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => `${name}/${file}`))
    .filter((file) => /(^|[./])props\.ts$/.test(file));
  return files.map((file) => {
    const { name, props, construct = "CanaryRollout" } = jest.requireActual<Example>(join(root, file));
    const plan = ROLLOUTS[construct];
    if (plan === undefined) throw new Error(`${file} declares no construct`);
    return { name: `the example ${file}`, plan: plan(name, props as never) };
  });
}
