// Generated from the props by tools/pulumi-args.ts: change those, then run `npm run generate`.
import type * as pulumi from "@pulumi/pulumi";
import type { BanditAlgorithm } from "../../strategies/bandit/policy";
import type { BlueGreenColor } from "../../constructs/blue-green-pair/props";
import type { Environment } from "../../core/environment";
import type { EvidenceKind } from "../../constructs/common/props";
import type { IdleColor } from "../../constructs/blue-green-pair/props";
import type { MetricDirection } from "../../strategies/gate";
import type { OnInsufficientData } from "../../strategies/canary/policy";
import type { PredictionAgreement } from "../../constructs/common/props";

/** One check that was run on an artifact. */
export interface EvidenceCheck {
  /** What was checked. */
  readonly kind: EvidenceKind;
  /** Whether the artifact stood the check. */
  readonly passed: boolean;
  /** When it was run, as an ISO 8601 date and time. */
  readonly at: string;
  /**
   * What was seen, in one line.
   * @default - nothing
   */
  readonly summary?: string;
}

/** The record of what was checked on exactly one artifact. `slipway rehearse` writes it as a JSON file. */
export interface Evidence {
  /** SHA-256 of the model file that was checked. */
  readonly sha256: string;
  /** Version that was checked. */
  readonly version: string;
  /** What was checked; of several checks of one kind the last one counts. */
  readonly checks: EvidenceCheck[];
}

/** A model version: an artifact that never changes. */
export interface ModelVersion {
  /** Semantic version, such as `2.3.0`. */
  readonly version: string;
  /** Where the serving image reads the model file: `s3://…`, `gs://…`, `https://…`, `http://…`, `file://…`, `models:/…`, `mlflow-artifacts:/…` or `oci:/…`. */
  readonly uri: pulumi.Input<string>;
  /**
   * SHA-256 of the model file, 64 hexadecimal digits. The server refuses any other file. Required in production.
   * @default - the file is not checked
   */
  readonly sha256?: string;
  /**
   * What was checked on this artifact. Required in production for a version on trial.
   * @default - none
   */
  readonly evidence?: Evidence;
}

/** What users are promised, at least one member; alerts, gates and histogram buckets are made from it. */
export interface Objectives {
  /**
   * 95% of the requests are answered within this, such as `"100ms"`; under 10 s.
   * @default - latency is not promised: no gate, no alert
   */
  readonly latencyP95?: string;
  /**
   * Share of the requests that may fail, such as `0.001` for 0.1%; under 0.069.
   * @default - errors are not promised: no gate, no alert
   */
  readonly errorRate?: number;
}

/** How many replicas serve a version, and what makes them more. */
export interface Autoscaling {
  /**
   * Replicas at least.
   * @default 2
   */
  readonly minReplicas?: number;
  /**
   * Replicas at most.
   * @default 20
   */
  readonly maxReplicas?: number;
  /**
   * Average CPU use to hold, in percent of what the pods request.
   * @default 70
   */
  readonly cpuUtilization?: number;
  /**
   * Requests per second that one replica should carry. Needs a custom metrics API (such as prometheus-adapter) that
   * serves `slipway_inference_requests_per_second` for pods.
   * @default - scaled by CPU alone
   */
  readonly requestsPerSecond?: number;
  /**
   * How long the load must be lower before replicas are taken away.
   * @default "5m"
   */
  readonly scaleDownWindow?: string;
}

/** How a server compares its predictions with those of the live version, when it is in its shadow. */
export interface PredictionComparison {
  /**
   * What must be the same. Whole numbers, texts and flags must be the same in any case.
   * @default "values"
   */
  readonly agreement?: PredictionAgreement;
  /**
   * How far apart numbers with a fraction may be: absolutely, or relative to the live one where that is over 1.
   * @default 0.001
   */
  readonly tolerance?: number;
  /**
   * Requests with other predictions that each replica keeps for people to look at.
   * @default 50
   */
  readonly samples?: number;
  /**
   * Whether these are kept with their values; otherwise with hashes, because inputs may be personal data.
   * @default false
   */
  readonly showValues?: boolean;
}

/** How a version is served: the container and what it may use. */
export interface Serving {
  /**
   * Image that serves the model: the one built from `serving-image/Dockerfile`. Pinned by digest in production.
   * @default "slipway/serving:0.1.0"
   */
  readonly image?: pulumi.Input<string>;
  /**
   * CPU that each replica requests.
   * @default "500m"
   */
  readonly cpu?: string;
  /**
   * CPU that each replica may use at most.
   * @default - no limit: a limit throttles in bursts
   */
  readonly cpuLimit?: string;
  /**
   * Memory that each replica requests, and its limit.
   * @default "512Mi"
   */
  readonly memory?: string;
  /**
   * Space for the model file.
   * @default "2Gi"
   */
  readonly modelStorage?: string;
  /**
   * Requests that are run as one batch at most.
   * @default 32
   */
  readonly maxBatchSize?: number;
  /**
   * Whether the Open Inference Protocol is served over gRPC too, at port 8081.
   * @default true
   */
  readonly grpc?: boolean;
  /**
   * A path of your own that answers predictions as well, such as `/predict`.
   * @default - only the paths of the protocols
   */
  readonly predictPath?: string;
  /**
   * How predictions are compared when a version is in the shadow of another. It is a setting of every version, so that a
   * shadow that becomes a canary does not restart.
   * @default - all values within 0.001
   */
  readonly comparison?: PredictionComparison;
  /**
   * How long a replica keeps serving after it was told to stop, so that routers have forgotten it before it goes.
   * @default "10s"
   */
  readonly drain?: string;
  /**
   * How long a replica may take from its start until its model is loaded and warm.
   * @default "5m"
   */
  readonly startupTimeout?: string;
  /**
   * Environment variables besides the contract's own, such as `AWS_REGION`.
   * @default - none
   */
  readonly env?: Record<string, pulumi.Input<string>>;
  /**
   * Secrets that the container's environment is filled from, by name.
   * @default - none
   */
  readonly envFromSecrets?: string[];
  /**
   * Secrets to pull the image with, by name.
   * @default - none
   */
  readonly imagePullSecrets?: string[];
  /**
   * Annotations of the ServiceAccount, such as the role that may read the bucket.
   * @default - none
   */
  readonly serviceAccountAnnotations?: Record<string, pulumi.Input<string>>;
  /**
   * Labels that a node must have to run a replica.
   * @default - any node
   */
  readonly nodeSelector?: Record<string, string>;
}

/** How a version is watched. */
export interface Monitoring {
  /**
   * Whether ServiceMonitors and alert rules are made. Rollouts refuse to go without.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * How often Prometheus reads the metrics.
   * @default "15s"
   */
  readonly scrapeInterval?: string;
  /**
   * Labels by which your Prometheus selects its ServiceMonitors and PrometheusRules. An object without them is ignored
   * silently; `kube-prometheus-stack` asks for `release: <its Helm release>`.
   * @default \{ release: "kube-prometheus-stack" \}
   */
  readonly selectorLabels?: Record<string, string>;
}

/** Who may reach the pods. */
export interface Network {
  /**
   * Namespace of the gateway's pods.
   * @default "istio-ingress"
   */
  readonly gatewayNamespace?: string;
  /**
   * Namespace of Prometheus.
   * @default "monitoring"
   */
  readonly monitoringNamespace?: string;
  /**
   * Further namespaces whose pods may call the model directly.
   * @default - none
   */
  readonly allowFromNamespaces?: string[];
}

/** Routing by Istio. */
export interface IstioRouting {
  /** Hosts that callers use, such as `recommender.example.com`. */
  readonly hosts: pulumi.Input<string>[];
  /** Gateways that take the traffic, as `namespace/name`. */
  readonly gateways: pulumi.Input<string>[];
  /**
   * Failures in a row after which a pod is left out for a while.
   * @default 5
   */
  readonly consecutiveErrors?: number;
  /**
   * How long a failing pod is left out at first.
   * @default "30s"
   */
  readonly ejectionTime?: string;
}

/** What routes the traffic: exactly one member. */
export interface Routing {
  /**
   * Istio VirtualServices and DestinationRules.
   * @default - another member is given
   */
  readonly istio?: IstioRouting;
}

/** A metric of the business that a version on trial must not worsen; its values come back as feedback on predictions. */
export interface BusinessMetric {
  /** Name under which feedback is sent, such as `accuracy` or `clicked`. */
  readonly name: string;
  /**
   * Which way is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * How much worse than the version it is compared with is allowed, relative: `0.01` is 1%.
   * @default 0.01
   */
  readonly margin?: number;
  /**
   * Least value that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Values from the version on trial that a stage needs before it can pass.
   * @default 50
   */
  readonly minimumSamples?: number;
}

/** How a version on trial is compared with the one that serves. */
export interface Comparison {
  /**
   * How much slower its p95 may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the other version is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much more often it may fail, relative: `0.5` is half as often again.
   * @default 0.5
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to it that each stage needs before it can pass.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Chance, over the whole rollout, that a version as good as the other is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
}

/** How a version on trial is judged, also by the metrics of the business. */
export interface Analysis {
  /**
   * Metrics of the business.
   * @default - none
   */
  readonly metrics?: BusinessMetric[];
  /**
   * How much slower its p95 may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the other version is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much more often it may fail, relative: `0.5` is half as often again.
   * @default 0.5
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to it that each stage needs before it can pass.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Chance, over the whole rollout, that a version as good as the other is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
}

/** Whether a controller in the cluster moves the weights. */
export interface RolloutControl {
  /**
   * True when a rollout controller runs in the cluster: it then owns the weights.
   * @default false
   */
  readonly enabled?: boolean;
}

/**
 * Args of `ModelService`: one model version, served.
 *
 * @example
 * ```ts
 * new ModelService("recommender", {
 *   model: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 * });
 * ```
 */
export interface ModelServiceArgs {
  /** The version to serve. */
  readonly model: ModelVersion;
  /** What users are promised; in a rollout each objective is a gate. */
  readonly objectives: Objectives;
  /**
   * How many replicas serve each version.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * The container of each version.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * How each version is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** How many of the shadow's predictions must be those of the live version. */
export interface Agreement {
  /**
   * Share of the requests that both answered on which their predictions must agree, such as `0.98`.
   * What agreement is, `serving.comparison` says.
   * @default 0.98
   */
  readonly atLeast?: number;
  /**
   * Pairs of predictions that it needs before it can pass.
   * @default 200
   */
  readonly minimumPairs?: number;
}

/**
 * Args of `ShadowDeployment`: a new version answers copies of real requests. Nobody gets its answers; they are compared
 * with those of the live version.
 *
 * @example
 * ```ts
 * new ShadowDeployment("recommender", {
 *   live: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *   shadow: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   percent: 10,
 *   duration: "24h",
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface ShadowDeploymentArgs {
  /** The version whose answers users get. */
  readonly live: ModelVersion;
  /** The version that gets copies, and whose answers nobody gets. */
  readonly shadow: ModelVersion;
  /**
   * Whole percents of the requests that are copied; 0 keeps the shadow ready and copies none.
   * @default 10
   */
  readonly percent?: number;
  /**
   * Least time of mirroring before a verdict: a day has its night and its noon.
   * @default "24h"
   */
  readonly duration?: string;
  /**
   * How many of its predictions must be those of the live version.
   * @default - 98% of at least 200
   */
  readonly agreement?: Agreement;
  /**
   * How its latency and its errors are compared with those of the live version.
   * @default - p95 within 20%, errors within half as many again
   */
  readonly analysis?: Comparison;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * Who moves the weights.
   * @default - the program
   */
  readonly controller?: RolloutControl;
  /** What users are promised; in a rollout each objective is a gate. */
  readonly objectives: Objectives;
  /**
   * How many replicas serve each version.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * The container of each version.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * How each version is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** The stage that the program declares, when no controller moves the weights. */
export interface DeclaredStage {
  /** Version that has reached this stage; must be the canary's. It keeps a stage from carrying over to the next version. */
  readonly canary: string;
  /** Number of the stage in the timetable, from 1; 0 is the preparation. */
  readonly number: number;
}

/** How the canary's share of the traffic grows. */
export interface CanaryTraffic {
  /**
   * First weight, in whole percents, at most 25.
   * @default 5
   */
  readonly initialWeight?: number;
  /**
   * What each stage adds, in whole percents.
   * @default 10
   */
  readonly increment?: number;
  /**
   * Last weight, in whole percents; 100 is the promotion.
   * @default 100
   */
  readonly maxWeight?: number;
  /**
   * The weights one by one, such as `[5, 10, 25, 50, 100]`, in place of the three above.
   * @default - made from initialWeight, increment and maxWeight
   */
  readonly weights?: number[];
  /**
   * Least time at each weight, such as `"30m"`.
   * @default "30m"
   */
  readonly interval?: string;
  /**
   * The stage that this program declares: raise `number` by one in each pull request.
   * @default - 0, prepared: the canary runs and serves nobody
   */
  readonly stage?: DeclaredStage;
}

/** How the canary is judged. The objectives are always gates; these are the further ones. */
export interface CanaryAnalysis {
  /**
   * Share of the replicas that the stable track would have at the next weight which must be ready on the canary first.
   * @default 0.5
   */
  readonly readyShare?: number;
  /**
   * What to do when a stage's time is over and a gate still needs more samples.
   * @default "extend"
   */
  readonly onInsufficientData?: OnInsufficientData;
  /**
   * How many more intervals a stage may take, with `extend`, before the rollout pauses for a person.
   * @default 4
   */
  readonly maxExtensions?: number;
  /**
   * Metrics of the business.
   * @default - none
   */
  readonly metrics?: BusinessMetric[];
  /**
   * How much slower its p95 may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the other version is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much more often it may fail, relative: `0.5` is half as often again.
   * @default 0.5
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to it that each stage needs before it can pass.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Chance, over the whole rollout, that a version as good as the other is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
}

/**
 * Args of `CanaryRollout`: a new version meets a small share of the users first, and more as it proves itself.
 *
 * @example
 * ```ts
 * new CanaryRollout("recommender", {
 *   stable: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *   canary: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   traffic: { weights: [5, 10, 25, 50, 100], interval: "30m" },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface CanaryRolloutArgs {
  /** The version that serves now. */
  readonly stable: ModelVersion;
  /** The version on trial. */
  readonly canary: ModelVersion;
  /**
   * How the canary's share grows.
   * @default - 5%, then 10 more every 30 minutes
   */
  readonly traffic?: CanaryTraffic;
  /**
   * How the canary is judged.
   * @default - compared with the stable track on p95 and errors
   */
  readonly analysis?: CanaryAnalysis;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * Who moves the weights.
   * @default - the program
   */
  readonly controller?: RolloutControl;
  /** What users are promised; in a rollout each objective is a gate. */
  readonly objectives: Objectives;
  /**
   * How many replicas serve each version.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * The container of each version.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * How each version is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** Where green can be tried before it serves. */
export interface Preview {
  /** Hosts that lead to green whatever is live, such as `preview.recommender.example.com`. */
  readonly hosts: pulumi.Input<string>[];
  /**
   * Gateways that take the traffic, as `namespace/name`.
   * @default - those of routing.istio
   */
  readonly gateways?: pulumi.Input<string>[];
}

/** What green must show on recorded requests with expected answers before anybody meets it. */
export interface SmokeTest {
  /**
   * Requests that must be answered, every one as expected.
   * @default 20
   */
  readonly requests?: number;
  /**
   * 95% of them are answered within this, such as `"100ms"`.
   * @default - objectives.latencyP95, or a second
   */
  readonly latencyP95?: string;
  /**
   * Path that must answer with 200 first, such as one of your own image.
   * @default "/ready"
   */
  readonly healthPath?: string;
}

/**
 * Args of `BlueGreenPair`: a new version proves itself without users, then gets all of them in one change of the weights,
 * with an instant way back.
 *
 * @example
 * ```ts
 * new BlueGreenPair("recommender", {
 *   blue: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *   green: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   live: "blue", // "green" switches, "blue" again switches back
 *   preview: { hosts: ["preview.recommender.example.com"] },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface BlueGreenPairArgs {
  /** The version that served before. */
  readonly blue: ModelVersion;
  /** The version that takes over. */
  readonly green: ModelVersion;
  /** Which of them serves; changing this word is the switch, and the way back. */
  readonly live: BlueGreenColor;
  /**
   * What becomes of the other one: `full` until it is sure that nobody goes back, then `standby`, then `retired`.
   * @default "full"
   */
  readonly idle?: IdleColor;
  /**
   * Replicas that green has from its first minute, so that it can take all traffic at once.
   * @default - autoscaling.maxReplicas
   */
  readonly preparedReplicas?: number;
  /**
   * Where green can be tried before it serves.
   * @default - nowhere: only the smoke test meets it
   */
  readonly preview?: Preview;
  /**
   * What green must show before the switch.
   * @default - 20 recorded requests answered as expected
   */
  readonly smokeTest?: SmokeTest;
  /**
   * How long green is watched after the switch while blue keeps its size, up to an hour.
   * @default "1h"
   */
  readonly watchFor?: string;
  /**
   * How long blue stays on standby after that.
   * @default "24h"
   */
  readonly standbyFor?: string;
  /**
   * Replicas of the colour on standby.
   * @default 1
   */
  readonly standbyReplicas?: number;
  /**
   * How green is judged after the switch.
   * @default - compared with blue on p95 and errors
   */
  readonly analysis?: Analysis;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * Who moves the weights.
   * @default - the program
   */
  readonly controller?: RolloutControl;
  /** What users are promised; in a rollout each objective is a gate. */
  readonly objectives: Objectives;
  /**
   * How many replicas serve each version.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * The container of each version.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * How each version is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** What a test is decided by; its values come back as feedback on predictions. */
export interface AbMetric {
  /** Name under which feedback is sent, such as `clicked` or `revenue`. */
  readonly name: string;
  /**
   * Which way is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Least value that can be sent, 0 or more. With 0 and 1 the metric is a rate, otherwise a mean.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Least difference from the control that matters, relative: `0.05` is 5% of the control's mean.
   * @default 0.05
   */
  readonly minimumEffect?: number;
  /**
   * Values that control and variant each need before anything is said.
   * @default 500
   */
  readonly minimumSamples?: number;
}

/** A user is held to a variant by a cookie that the gateway sets. */
export interface CookieUnit {
  /**
   * Name of the cookie.
   * @default - made from the name and the versions, so that every test divides the users anew
   */
  readonly name?: string;
  /**
   * How long a user is held, in days of her absence.
   * @default 30
   */
  readonly days?: number;
}

/** A user is held to a variant by a bucket that the caller sends: a whole number from 0 to 99, made from the user's id. */
export interface HeaderUnit {
  /**
   * Name of the header.
   * @default "x-slipway-bucket"
   */
  readonly name?: string;
}

/**
 * A user is held to a variant by a hash of her id, which the gateway makes before it chooses a route: the same on every
 * device. It needs an `EnvoyFilter`, and a header that nobody but you can set.
 */
export interface HashedUnit {
  /** Header that names the user, such as `x-user-id`; requests without it are divided at random, each anew. */
  readonly header: string;
  /**
   * Shuffles the users: tests with one salt divide them alike.
   * @default - made from the name and the versions, so that every test divides the users anew
   */
  readonly salt?: string;
  /**
   * Labels of the gateway's pods, in `network.gatewayNamespace`.
   * @default - istio: "ingressgateway"
   */
  readonly gateway?: Record<string, string>;
}

/** How a user is held to a variant: exactly one member. */
export interface AssignmentUnit {
  /**
   * By a cookie: for browsers.
   * @default - another member is given
   */
  readonly cookie?: CookieUnit;
  /**
   * By a header: for callers that know their users.
   * @default - another member is given
   */
  readonly header?: HeaderUnit;
  /**
   * By a hash of the user's id: for gateways of Istio, whoever calls.
   * @default - another member is given
   */
  readonly hash?: HashedUnit;
}

/** What is known beforehand; from it follows how long a test must run. */
export interface AbExpectation {
  /** Values of the metric that come back in an hour, from all users together. */
  readonly valuesPerHour: number;
  /** Mean of the metric today. */
  readonly mean: number;
  /**
   * Standard deviation of the values.
   * @default - the most that values between the bounds can have: that of a rate, for a rate
   */
  readonly deviation?: number;
}

/**
 * Args of `AbTest`: users are divided among versions for a time, each is held to hers, and a metric tells which is better.
 *
 * @example
 * ```ts
 * new AbTest("recommender", {
 *   variants: [
 *     { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *     { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   ],
 *   metric: { name: "clicked", minimumEffect: 0.05 },
 *   unit: { cookie: {} },
 *   duration: "14d",
 *   running: true,
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface AbTestArgs {
  /** The versions to choose between, two or more; the first is the control. */
  readonly variants: ModelVersion[];
  /** What the test is decided by. */
  readonly metric: AbMetric;
  /** How a user is held to a variant. */
  readonly unit: AssignmentUnit;
  /** How long the test runs, such as `"14d"`; whole weeks have all their weekdays. */
  readonly duration: string;
  /**
   * Whether users are divided now. Otherwise the test is prepared, or over: all variants run and the control has everybody.
   * @default false
   */
  readonly running?: boolean;
  /**
   * Whole percents of the users by version, such as `\{ "2.2.0": 90, "2.3.0": 10 \}`, each variant once, summing to 100.
   * @default - the same for each
   */
  readonly split?: Record<string, number>;
  /**
   * Chance that any variant that is no better than the control is called a winner, over the whole test.
   * @default 0.05
   */
  readonly falseWinRate?: number;
  /**
   * The guardrails: what a variant must not worsen, whatever it wins.
   * @default - p95 and errors
   */
  readonly analysis?: Analysis;
  /**
   * What is known beforehand; a test that is too short for it is refused.
   * @default - nothing: `slipway ab-test plan` reckons with other figures
   */
  readonly expected?: AbExpectation;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * Who moves the weights.
   * @default - the program
   */
  readonly controller?: RolloutControl;
  /** What users are promised; in a rollout each objective is a gate. */
  readonly objectives: Objectives;
  /**
   * How many replicas serve each version.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * The container of each version.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * How each version is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** What an arm earns; rewards come back as feedback on predictions. */
export interface BanditReward {
  /** Name under which rewards are sent as feedback, such as `clicked`. */
  readonly metric: string;
  /**
   * Which way is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Least reward that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest reward that can be sent, up to a billion. The nearer to what really comes, the sooner the arms are told apart.
   * @default 1
   */
  readonly upperBound?: number;
}

/** The split before the rewards move it. */
export interface BanditWarmUp {
  /**
   * Whole percents by version, such as `\{ "2.2.0": 80, "2.3.0": 20 \}`; each arm once, summing to 100, none under the floor.
   * @default - the same for each arm
   */
  readonly split?: Record<string, number>;
  /**
   * Rewards that every arm needs before the first move.
   * @default 200
   */
  readonly rewards?: number;
}

/** How the split follows the rewards. */
export interface BanditTraffic {
  /**
   * How shares are made from rewards: `thompson` gives each arm the probability that it is the best one, `epsilonGreedy` all
   * but `epsilon` to the best so far, `ucb` each percent to the arm that could still be the best.
   * @default "thompson"
   */
  readonly algorithm?: BanditAlgorithm;
  /**
   * With `epsilonGreedy`: the share of the traffic that is for all arms alike.
   * @default 0.1
   */
  readonly epsilon?: number;
  /**
   * With `ucb`: how much doubt is worth; more than 1 tries the others longer.
   * @default 1
   */
  readonly exploration?: number;
  /**
   * Percents that every arm keeps, so that there is always something to compare.
   * @default 5
   */
  readonly floor?: number;
  /**
   * Percents that an arm gains or loses at most in one move.
   * @default 10
   */
  readonly maxStep?: number;
  /**
   * Least time between two moves. As long as most rewards take to come back, or longer.
   * @default "10m"
   */
  readonly updateEvery?: string;
  /**
   * The split before that.
   * @default - the same for each arm, until each has 200 rewards
   */
  readonly warmUp?: BanditWarmUp;
  /**
   * Time in which a reward comes to count half, for rewards that drift, such as `"12h"`.
   * @default - rewards never age
   */
  readonly halfLife?: string;
  /**
   * Time after which the split stays as it is.
   * @default - none: it goes on until the program names other arms
   */
  readonly duration?: string;
  /**
   * The split that this program declares, when no controller moves it: whole percents by version, each arm once, summing to
   * 100; 0 takes an arm out.
   * @default - 100 to the first arm: prepared, the others run and serve nobody
   */
  readonly split?: Record<string, number>;
}

/**
 * Args of `BanditRollout`: several versions earn rewards, and those that earn more get more of the traffic.
 *
 * @example
 * ```ts
 * new BanditRollout("recommender", {
 *   arms: [
 *     { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *     { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   ],
 *   reward: { metric: "clicked" },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface BanditRolloutArgs {
  /** The versions to choose between, two or more. The first serves now; the others are held against it and give way to it. */
  readonly arms: ModelVersion[];
  /** What they are chosen by. */
  readonly reward: BanditReward;
  /**
   * How the split follows the rewards.
   * @default - by Thompson sampling, at most 10% every ten minutes, 5% always left to each arm
   */
  readonly traffic?: BanditTraffic;
  /**
   * The guardrails: what takes an arm out for good, whatever it earns.
   * @default - compared with the first arm on p95 and errors
   */
  readonly analysis?: Analysis;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * Who moves the weights.
   * @default - the program
   */
  readonly controller?: RolloutControl;
  /** What users are promised; in a rollout each objective is a gate. */
  readonly objectives: Objectives;
  /**
   * How many replicas serve each version.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * The container of each version.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * How each version is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/**
 * Args of `InferenceAutoscaler`: an autoscaler for a Deployment that somebody else declares.
 *
 * @example
 * ```ts
 * new InferenceAutoscaler("triton", { deployment: "triton", autoscaling: { minReplicas: 3, cpuUtilization: 60 } });
 * ```
 */
export interface InferenceAutoscalerArgs {
  /** Name of the Deployment. Its own program must not declare `replicas`. */
  readonly deployment: string;
  /**
   * How many replicas, and what makes them more.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * Namespace of the Deployment.
   * @default - the engine's own default
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Fields to merge into the autoscaler, under the role `autoscaler`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}
