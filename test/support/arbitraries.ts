import fc from "fast-check";
import {
  MetricDirection,
  Environment,
  EvidenceKind,
  OnInsufficientData,
  type CanaryRolloutProps,
  type ModelServiceProps,
} from "../../lib";

/** A semantic version of at most 64 characters, plain ones among them. */
export function semver(): fc.Arbitrary<string> {
  const number = fc.integer({ min: 0, max: 99 }).map(String);
  const identifier = fc.stringMatching(/^(0|[1-9]\d{0,4}|\d{0,3}[a-zA-Z-][0-9a-zA-Z-]{0,8})$/);
  const build = fc.stringMatching(/^[0-9a-zA-Z-]{1,10}$/);
  const tail = (sign: string, part: fc.Arbitrary<string>) =>
    fc.oneof(
      fc.constant(""),
      fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `${sign}${parts.join(".")}`),
    );
  return fc
    .tuple(number, number, number, tail("-", identifier), tail("+", build))
    .map(([major, minor, patch, pre, meta]) => `${major}.${minor}.${patch}${pre}${meta}`)
    .filter((version) => version.length <= 64);
}

const digest = fc.constantFrom(..."0123456789abcdef").map((digit) => digit.repeat(64));
const kubernetesName = fc.constantFrom("a", "istio-ingress", "team-7", "x".repeat(63));
const labels = fc.dictionary(
  fc.constantFrom("team", "cost-center", "example.com/owner", "l".repeat(63)),
  fc.constantFrom("", "a", "Search_and.ranking", "v".repeat(63)),
  { maxKeys: 3 },
);
const whole = (min: number, max: number) => fc.integer({ min, max });
const seconds = (min: number, max: number) => whole(min, max).map((count) => `${count}s`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** The name of a construct. */
export const constructName = fc.stringMatching(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/);

const objectives = fc
  .record({
    latencyP95: maybe(whole(1, 9999).map((count) => `${count}ms`)),
    errorRate: maybe(fc.double({ min: 1e-6, max: 0.069, noNaN: true })),
  })
  .filter(({ latencyP95, errorRate }) => latencyP95 !== undefined || errorRate !== undefined);

const autoscaling = whole(2, 50).chain((minReplicas) =>
  fc.record(
    {
      minReplicas: fc.constant(minReplicas),
      maxReplicas: whole(minReplicas, 1000),
      cpuUtilization: whole(1, 100),
      requestsPerSecond: whole(1, 1_000_000),
      scaleDownWindow: seconds(1, 3600),
    },
    { requiredKeys: ["minReplicas", "maxReplicas"] },
  ),
);

const serving = digest.chain((sha256) =>
  fc.record(
    {
      image: fc.constant(`registry.example.com/serving@sha256:${sha256}`),
      cpu: whole(1, 8000).map((count) => `${count}m`),
      memory: whole(1, 4096).map((count) => `${count}Mi`),
      modelStorage: whole(1, 64).map((count) => `${count}Gi`),
      maxBatchSize: whole(1, 1024),
      maxRequestSize: whole(1, 512).map((count) => `${count}Mi`),
      grpc: fc.boolean(),
      predictPath: fc.constantFrom("/predict", "/a/b.c~d"),
      drain: seconds(1, 600),
      startupTimeout: seconds(10, 7200),
      env: fc.dictionary(fc.constantFrom("AWS_REGION", "_a", "TZ", "HTTP_PROXY"), fc.string(), { maxKeys: 4 }),
      envFromSecrets: fc.array(kubernetesName, { maxLength: 2 }),
      imagePullSecrets: fc.array(kubernetesName, { maxLength: 2 }),
      serviceAccountAnnotations: labels,
      nodeSelector: labels,
    },
    { requiredKeys: ["image"] },
  ),
);

const monitoring = fc.record({ scrapeInterval: seconds(1, 60), selectorLabels: labels }, { requiredKeys: [] });

const network = fc.record(
  {
    gatewayNamespace: kubernetesName,
    monitoringNamespace: kubernetesName,
    allowFromNamespaces: fc.array(kubernetesName, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

const common = {
  objectives,
  autoscaling,
  serving,
  network,
  environment: fc.constantFrom(...Object.values(Environment)),
  namespace: kubernetesName,
  labels,
};

const model = fc.record({
  version: semver(),
  uri: fc.constantFrom("s3://models/a.onnx", "https://models.example.com/b.onnx"),
  sha256: digest,
});

const withEvidence = <T extends { version: string; sha256: string }>(tested: T) => ({
  ...tested,
  evidence: {
    version: tested.version,
    sha256: tested.sha256,
    checks: Object.values(EvidenceKind).map((kind) => ({ kind, passed: true, at: "2026-01-31T12:00:00Z" })),
  },
});

/** Rising weights that begin small, one by one or by steps. */
const ramp = fc.oneof(
  fc
    .uniqueArray(whole(1, 100), { minLength: 1, maxLength: 8 })
    .map((weights) => weights.sort((a, b) => a - b))
    .filter(([first]) => (first as number) <= 25)
    .filter((weights) => [...weights, 100].every((weight, index) => weight - (weights[index - 1] ?? weight) <= 75))
    .map((weights) => ({ weights })),
  fc.record({ initialWeight: whole(1, 25), increment: whole(1, 75), maxWeight: whole(25, 100) }, { requiredKeys: [] }),
);

const analysis = fc.record(
  {
    latencyMargin: fc.double({ min: 0, max: 10, noNaN: true }),
    latencyFloor: fc.constantFrom("1ms", "2s"),
    minimumSamples: whole(1, 1_000_000),
    metrics: fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,9}$/),
        margin: fc.double({ min: 0, max: 10, noNaN: true }),
        direction: fc.constantFrom(...Object.values(MetricDirection)),
      }),
      { maxLength: 3, selector: ({ name }) => name },
    ),
    onInsufficientData: fc.constantFrom(...Object.values(OnInsufficientData)),
    falseAlarmRate: fc.double({ min: 1e-6, max: 0.2, noNaN: true }),
    readyShare: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: [] },
);

/** Valid props of a `ModelService`. */
export const modelServiceProps: fc.Arbitrary<ModelServiceProps> = fc.record(
  { model: model.map(withEvidence), ...common, monitoring },
  { requiredKeys: ["model", "objectives", "serving"] },
);

/** Valid props of a `CanaryRollout`. */
export const canaryRolloutProps: fc.Arbitrary<CanaryRolloutProps> = fc
  .record(
    {
      stable: model,
      canary: model.map(withEvidence),
      ...common,
      monitoring,
      traffic: fc.tuple(ramp, seconds(240, 86_400)).map(([weights, interval]) => ({ ...weights, interval })),
      analysis,
      controller: fc.record({ enabled: fc.constant(false) }),
      runtime: fc.record({
        onnx: fc.record({ workers: whole(1, 1024), threadsPerInference: whole(1, 1024) }, { requiredKeys: [] }),
      }),
      routing: fc.record({
        istio: fc.record({
          hosts: fc.array(
            kubernetesName.map((name) => `${name}.example.com`),
            { minLength: 1, maxLength: 3 },
          ),
          gateways: fc.array(
            fc.tuple(kubernetesName, kubernetesName).map((parts) => parts.join("/")),
            { minLength: 1, maxLength: 2 },
          ),
        }),
      }),
    },
    { requiredKeys: ["stable", "canary", "objectives", "routing", "serving"] },
  )
  .filter(({ stable, canary }) => stable.version !== canary.version);
