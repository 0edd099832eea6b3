// Generated from the props by tools/pulumi-args.ts: change those, then run `npm run generate`.
import type * as pulumi from "@pulumi/pulumi";
import type { BanditAlgorithm } from "../../strategies/bandit/policy";
import type { BlueGreenColor } from "../../constructs/blue-green-pair/props";
import type { Environment } from "../../core/environment";
import type { EvidenceKind } from "../../constructs/common/props";
import type { IdleColor } from "../../constructs/blue-green-pair/props";
import type { MetricDirection } from "../../strategies/gate";
import type { OnInsufficientData } from "../../strategies/canary/policy";
import type { PredictionAgreement } from "../../constructs/common/serving-props";

/** One check that was run on an artifact. */
export interface EvidenceCheck {
  /** What was checked. */
  readonly kind: EvidenceKind;
  /** Whether the artifact passed the check. */
  readonly passed: boolean;
  /** When it was run, as an ISO 8601 date and time. */
  readonly at: string;
  /**
   * The result, in one line.
   * @default - nothing
   */
  readonly summary?: string;
}

/** The record of what was checked on exactly one artifact. `slipway rehearse` writes it as a JSON file. */
export interface Evidence {
  /** SHA-256 of the model that was checked, with its external data. */
  readonly sha256: string;
  /** Version that was checked. */
  readonly version: string;
  /** What was checked; if a kind occurs several times, the last check counts. */
  readonly checks: EvidenceCheck[];
}

/** A model version: an artifact that never changes. */
export interface ModelVersion {
  /** Semantic version, such as `2.3.0`. */
  readonly version: string;
  /** Where the serving image reads the model file: `s3://…`, `gs://…`, `https://…`, `http://…`, `file://…`, `models:/…`, `runs:/…`, `mlflow-artifacts:/…` or `oci:/…`. */
  readonly uri: pulumi.Input<string>;
  /**
   * SHA-256 of the model file, 64 hexadecimal digits. The server rejects any other file. Required in production. For a model
   * with external data it is the output of `(sha256sum < model.onnx; sha256sum model.onnx.data) | sha256sum`.
   * @default - the file is not checked
   */
  readonly sha256?: string;
  /**
   * What was checked on this artifact. Required in production for a candidate.
   * @default - none
   */
  readonly evidence?: Evidence;
  /**
   * How the server warms the model up and measures it before it receives requests.
   * @default - with inputs that the server invents
   */
  readonly warmUp?: WarmUp;
}

/**
 * How the server warms a model up. If no inputs are known that the model accepts, it is served all the same, but in workers
 * and without batches.
 */
export interface WarmUp {
  /**
   * Whether the model is warmed up and measured at all.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Recorded requests, by a URI as of the model: one request, an array of them, one in each line, or the samples of a
   * rehearsal. Models that reject most values need them, such as encoders of categories.
   * @default - requests in a folder `warmup` next to a local model file, or else invented inputs
   */
  readonly samples?: pulumi.Input<string>;
  /**
   * Shapes of invented inputs, by name, such as `{ image: [1, 3, 640, 640] }`.
   * @default - those that the model declares, with several sizes for open dimensions
   */
  readonly shapes?: Record<string, number[]>;
}

/** What users are promised, at least one member. Alerts, gates and histogram buckets follow from it. */
export interface Objectives {
  /**
   * 95% of the requests are answered within this, such as `"100ms"`; under 10 s. Requests that are refused do not count,
   * and those that time out count with the time that they waited.
   * @default - no latency objective: no gate, no alert
   */
  readonly latencyP95?: string;
  /**
   * Share of the requests that may fail, such as `0.001` for 0.1%; under 0.069. Refused requests (429, no endpoint, a
   * connection that was reset) and timeouts fail as well; other 4xx are errors of the caller.
   * @default - no error objective: no gate, no alert
   */
  readonly errorRate?: number;
}

/** How many replicas serve a version, and what scales them. */
export interface Autoscaling {
  /**
   * Smallest number of replicas.
   * @default 2
   */
  readonly minReplicas?: number;
  /**
   * Largest number of replicas.
   * @default 20
   */
  readonly maxReplicas?: number;
  /**
   * Target for the average CPU utilization, in percent of the CPU request.
   * @default 70
   */
  readonly cpuUtilization?: number;
  /**
   * Target for the requests per second of one replica. Needs a custom metrics API (such as prometheus-adapter) that
   * serves `slipway_inference_requests_per_second` for pods.
   * @default - scaled by CPU alone
   */
  readonly requestsPerSecond?: number;
  /**
   * How long the load must be lower before replicas are removed.
   * @default "5m"
   */
  readonly scaleDownWindow?: string;
}

/** How a version is monitored. */
export interface Monitoring {
  /**
   * Whether ServiceMonitors and alert rules are created. Rollouts require them.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * How often Prometheus scrapes the metrics.
   * @default "15s"
   */
  readonly scrapeInterval?: string;
  /**
   * Labels by which your Prometheus selects its ServiceMonitors and PrometheusRules. An object without them is silently
   * ignored; `kube-prometheus-stack` requires `release: <its Helm release>`.
   * @default \{ release: "kube-prometheus-stack" \}
   */
  readonly selectorLabels?: Record<string, string>;
}

/** Which namespaces may reach the pods. */
export interface Network {
  /**
   * Namespace of the gateway's pods.
   * @default - that of the router: "istio-ingress" with Istio
   */
  readonly gatewayNamespace?: string;
  /**
   * Namespace of Prometheus.
   * @default "monitoring"
   */
  readonly monitoringNamespace?: string;
  /**
   * Additional namespaces whose pods may call the model directly.
   * @default - none
   */
  readonly allowFromNamespaces?: string[];
}

/** How a shadow compares its predictions with those of the live version. */
export interface PredictionComparison {
  /**
   * What must agree. Integers, strings and booleans must always be equal.
   * @default "values"
   */
  readonly agreement?: PredictionAgreement;
  /**
   * How far floating-point numbers may differ: absolute, or relative to the live value where that is above 1.
   * @default 0.001
   */
  readonly tolerance?: number;
  /**
   * Requests with different predictions that each replica keeps for inspection.
   * @default 50
   */
  readonly samples?: number;
  /**
   * Whether their values are kept; otherwise only hashes, because inputs may be personal data.
   * @default false
   */
  readonly showValues?: boolean;
}

/** The container that serves a version, and its resources. */
export interface Serving {
  /**
   * Image that serves the model: the one built from `serving-image/Dockerfile`. Pinned by digest in production.
   * @default - that of the runtime: "slipway/serving:0.1.0" with the bundled server
   */
  readonly image?: pulumi.Input<string>;
  /**
   * CPU request of each replica.
   * @default "500m"
   */
  readonly cpu?: string;
  /**
   * CPU limit of each replica.
   * @default - no limit: a limit throttles bursts
   */
  readonly cpuLimit?: string;
  /**
   * Memory request and limit of each replica.
   * @default "512Mi"
   */
  readonly memory?: string;
  /**
   * Space for the model file.
   * @default "2Gi"
   */
  readonly modelStorage?: string;
  /**
   * Largest number of requests in one batch.
   * @default 32
   */
  readonly maxBatchSize?: number;
  /**
   * Largest body of an HTTP request, and largest gRPC message, compressed and decompressed, up to "512Mi". A larger one is
   * rejected with 413 or INVALID_ARGUMENT. A router may have a smaller limit of its own.
   * @default - that of the runtime: "8Mi" with the bundled server
   */
  readonly maxRequestSize?: string;
  /**
   * Whether the Open Inference Protocol is also served over gRPC, on port 8081.
   * @default true
   */
  readonly grpc?: boolean;
  /**
   * An additional path that serves predictions, such as `/predict`.
   * @default - only the paths of the protocols
   */
  readonly predictPath?: string;
  /**
   * How predictions are compared when a version is a shadow. Every version has this setting, so that a shadow that
   * becomes a canary does not restart.
   * @default - all values within 0.001
   */
  readonly comparison?: PredictionComparison;
  /**
   * How long a terminating replica keeps serving, so that routers remove it before it stops.
   * @default "10s"
   */
  readonly drain?: string;
  /**
   * How long a replica may take to start, until its model is loaded and warm.
   * @default "5m"
   */
  readonly startupTimeout?: string;
  /**
   * Additional environment variables, such as `AWS_REGION`.
   * @default - none
   */
  readonly env?: Record<string, pulumi.Input<string>>;
  /**
   * Names of Secrets whose keys become environment variables.
   * @default - none
   */
  readonly envFromSecrets?: string[];
  /**
   * Names of the Secrets to pull the image with.
   * @default - none
   */
  readonly imagePullSecrets?: string[];
  /**
   * Annotations of the ServiceAccount, such as the IAM role that may read the bucket.
   * @default - none
   */
  readonly serviceAccountAnnotations?: Record<string, pulumi.Input<string>>;
  /**
   * Labels that a node must have to run a replica.
   * @default - any node
   */
  readonly nodeSelector?: Record<string, string>;
}

/** A business metric that a candidate must not worsen; its values come back as feedback on predictions. */
export interface BusinessMetric {
  /** Name under which feedback is sent, such as `accuracy` or `clicked`. */
  readonly name: string;
  /**
   * Which direction is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * How much worse than the baseline a candidate may be, relative: `0.01` is 1%.
   * @default 0.01
   */
  readonly margin?: number;
  /**
   * Smallest value that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Age that a prediction must reach before its values count, such as `"10m"`, up to 30 days: the time in which nearly all
   * of them arrive. Without it, values that arrive sooner count sooner, so that a new version looks worse than it is if
   * bad values arrive sooner than good ones.
   * @default "0s"
   */
  readonly maturity?: string;
  /**
   * Values from the candidate that a stage needs before it can pass.
   * @default 50
   */
  readonly minimumSamples?: number;
}

/** How a candidate is judged, including business metrics. */
export interface Analysis {
  /**
   * Business metrics.
   * @default - none
   */
  readonly metrics?: BusinessMetric[];
  /**
   * How much higher the p95 of a candidate may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the baseline is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much higher the error rate of a candidate may be, relative: `0.25` is 25%. A candidate within it is rolled back in
   * at most 5% of the rollouts, and the larger it is, the later a small regression is found. Errors are those of
   * `objectives.errorRate`.
   * @default 0.25
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to the candidate that each stage needs before it can pass. An objective needs more if they cannot exclude twice
   * its limit: with `errorRate: 0.001` at least 676.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Probability, over the whole rollout, that a candidate as good as the baseline is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * How long after the start of a stage, or after another replica became ready, the latency of a candidate does not count;
   * its errors always count. A router that can raises the share of a new replica over this time. "0s" turns both off.
   * @default - 30s, but at most a quarter of the time in which the candidate is judged
   */
  readonly warmUp?: string;
}

/** Whether a controller in the cluster moves the weights. */
export interface RolloutControl {
  /**
   * Whether a rollout controller in the cluster owns the weights. There is none yet, so `true` is rejected.
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
   * @default - the runtime's image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * What serves the models in that container.
   * @default - the bundled ONNX server
   */
  readonly runtime?: Runtime;
  /**
   * How each version is monitored.
   * @default - scraped every 15s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Which namespaces may reach the pods.
   * @default - those of the gateway and of Prometheus
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. With a plain name, alerts select the series of this namespace alone.
   * @default - the default of the engine
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Additional labels of every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** How many predictions of the shadow must agree with those of the live version. */
export interface Agreement {
  /**
   * Share of the requests answered by both on which their predictions must agree, such as `0.98`.
   * `serving.comparison` defines agreement.
   * @default 0.98
   */
  readonly atLeast?: number;
  /**
   * Pairs of predictions that are needed before it can pass.
   * @default 200
   */
  readonly minimumPairs?: number;
}

/** How a shadow is compared with the live version, and for how long requests are copied without a verdict. */
export interface ShadowAnalysis {
  /**
   * How much higher the p95 of a candidate may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the baseline is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much higher the error rate of a candidate may be, relative: `0.25` is 25%. A candidate within it is rolled back in
   * at most 5% of the rollouts, and the larger it is, the later a small regression is found. Errors are those of
   * `objectives.errorRate`.
   * @default 0.25
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to the candidate that each stage needs before it can pass. An objective needs more if they cannot exclude twice
   * its limit: with `errorRate: 0.001` at least 676.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Probability, over the whole rollout, that a candidate as good as the baseline is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * How long after the start of a stage, or after another replica became ready, the latency of a candidate does not count;
   * its errors always count. A router that can raises the share of a new replica over this time. "0s" turns both off.
   * @default - 30s, but at most a quarter of the time in which the candidate is judged
   */
  readonly warmUp?: string;
  /**
   * How many times the time of a stage may pass again while data is missing or a gate needs more samples.
   * @default 4
   */
  readonly maxExtensions?: number;
  /**
   * How long an incident may last in which both versions miss an objective. In this time nothing is judged, and it does not
   * count for the stage.
   * @default "1h"
   */
  readonly incidentTimeout?: string;
  /**
   * Requests per second to all versions together. The timetable then says what the rollout can see at this rate, and a
   * finding reports stages that get too few requests to pass.
   * @default - the timetable shows 1, 10 and 100
   */
  readonly expectedRequestsPerSecond?: number;
}

/**
 * Args of `ShadowDeployment`: a new version answers copies of real requests. Its answers are dropped after they are
 * compared with those of the live version.
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
  /** The version that serves users. */
  readonly live: ModelVersion;
  /** The version that answers copies of requests; its answers are dropped. */
  readonly shadow: ModelVersion;
  /**
   * Whole percentage of the requests that are copied; 0 keeps the shadow ready and stops the copies.
   * @default 10
   */
  readonly percent?: number;
  /**
   * Minimum time of mirroring before a verdict; a day includes peak and off-peak traffic.
   * @default "24h"
   */
  readonly duration?: string;
  /**
   * How many of its predictions must agree with those of the live version.
   * @default - 98% of at least 200
   */
  readonly agreement?: Agreement;
  /**
   * How its latency and errors are compared with those of the live version.
   * @default - p95 within +20%, error rate within +50%
   */
  readonly analysis?: ShadowAnalysis;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * What moves the weights.
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
   * @default - the runtime's image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * What serves the models in that container.
   * @default - the bundled ONNX server
   */
  readonly runtime?: Runtime;
  /**
   * How each version is monitored.
   * @default - scraped every 15s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Which namespaces may reach the pods.
   * @default - those of the gateway and of Prometheus
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. With a plain name, alerts select the series of this namespace alone.
   * @default - the default of the engine
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Additional labels of every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** The stage that the program declares, when no controller moves the weights. */
export interface DeclaredStage {
  /** Version that has reached this stage, the one of the canary. It keeps the stage from carrying over to the next version. */
  readonly canary: string;
  /** Number of the stage in the timetable, from 1; 0 is the preparation, and the last one is the promotion. */
  readonly number: number;
}

/** How the canary's share of the traffic grows. */
export interface CanaryTraffic {
  /**
   * First weight, in whole percent, at most 25.
   * @default 5
   */
  readonly initialWeight?: number;
  /**
   * Increase of the weight per stage, in whole percent.
   * @default 10
   */
  readonly increment?: number;
  /**
   * Last declared weight, in whole percent. The last stage always has all traffic but the holdback.
   * @default 100
   */
  readonly maxWeight?: number;
  /**
   * The weights one by one, such as `[5, 10, 25, 50, 100]`, instead of the three above.
   * @default - derived from initialWeight, increment and maxWeight
   */
  readonly weights?: number[];
  /**
   * Share of the traffic that stays on the stable version until the promotion, in whole percent, at most 50. It is what the
   * canary is compared with in the last stage. The promotion then gives the canary 100%.
   * @default 5
   */
  readonly holdback?: number;
  /**
   * Minimum time at each weight, such as `"30m"`.
   * @default "30m"
   */
  readonly interval?: string;
  /**
   * The stage that this program declares; each pull request raises `number` by one.
   * @default - 0, the preparation: the canary runs and serves no users
   */
  readonly stage?: DeclaredStage;
}

/** How the canary is judged, besides the objectives, which are always gates. */
export interface CanaryAnalysis {
  /**
   * Share of the replicas that the stable track would need for the next weight. The canary must have these ready first.
   * @default 0.5
   */
  readonly readyShare?: number;
  /**
   * What to do when the time of a stage is over and data is missing or a gate still needs more samples.
   * @default "extend"
   */
  readonly onInsufficientData?: OnInsufficientData;
  /**
   * Business metrics.
   * @default - none
   */
  readonly metrics?: BusinessMetric[];
  /**
   * How much higher the p95 of a candidate may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the baseline is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much higher the error rate of a candidate may be, relative: `0.25` is 25%. A candidate within it is rolled back in
   * at most 5% of the rollouts, and the larger it is, the later a small regression is found. Errors are those of
   * `objectives.errorRate`.
   * @default 0.25
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to the candidate that each stage needs before it can pass. An objective needs more if they cannot exclude twice
   * its limit: with `errorRate: 0.001` at least 676.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Probability, over the whole rollout, that a candidate as good as the baseline is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * How long after the start of a stage, or after another replica became ready, the latency of a candidate does not count;
   * its errors always count. A router that can raises the share of a new replica over this time. "0s" turns both off.
   * @default - 30s, but at most a quarter of the time in which the candidate is judged
   */
  readonly warmUp?: string;
  /**
   * How many times the time of a stage may pass again while data is missing or a gate needs more samples.
   * @default 4
   */
  readonly maxExtensions?: number;
  /**
   * How long an incident may last in which both versions miss an objective. In this time nothing is judged, and it does not
   * count for the stage.
   * @default "1h"
   */
  readonly incidentTimeout?: string;
  /**
   * Requests per second to all versions together. The timetable then says what the rollout can see at this rate, and a
   * finding reports stages that get too few requests to pass.
   * @default - the timetable shows 1, 10 and 100
   */
  readonly expectedRequestsPerSecond?: number;
}

/**
 * Args of `CanaryRollout`: a new version serves a small share of the requests first, and more as it passes its gates.
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
  /** The candidate. */
  readonly canary: ModelVersion;
  /**
   * How the canary's share of the traffic grows.
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
   * What moves the weights.
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
   * @default - the runtime's image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * What serves the models in that container.
   * @default - the bundled ONNX server
   */
  readonly runtime?: Runtime;
  /**
   * How each version is monitored.
   * @default - scraped every 15s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Which namespaces may reach the pods.
   * @default - those of the gateway and of Prometheus
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. With a plain name, alerts select the series of this namespace alone.
   * @default - the default of the engine
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Additional labels of every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** Where green can be reached before it is live. */
export interface Preview {
  /** Hosts that always route to green, such as `preview.recommender.example.com`. */
  readonly hosts: pulumi.Input<string>[];
  /**
   * Gateways that accept the traffic, as `namespace/name`.
   * @default - those of `routing`
   */
  readonly gateways?: pulumi.Input<string>[];
}

/** What green must show on recorded requests with expected answers before it serves users. */
export interface SmokeTest {
  /**
   * Requests that must be answered, each as expected.
   * @default 20
   */
  readonly requests?: number;
  /**
   * The limit of their p95, such as `"100ms"`.
   * @default - objectives.latencyP95, or 1s
   */
  readonly latencyP95?: string;
  /**
   * Path that must return 200 first.
   * @default - that of the runtime: "/ready" with the bundled server
   */
  readonly healthPath?: string;
}

/** How green is judged after the switch, and for how long blue keeps its size without a verdict. */
export interface BlueGreenAnalysis {
  /**
   * Business metrics.
   * @default - none
   */
  readonly metrics?: BusinessMetric[];
  /**
   * How much higher the p95 of a candidate may be, relative: `0.2` is 20%.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 up to this is never too slow, however fast the baseline is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much higher the error rate of a candidate may be, relative: `0.25` is 25%. A candidate within it is rolled back in
   * at most 5% of the rollouts, and the larger it is, the later a small regression is found. Errors are those of
   * `objectives.errorRate`.
   * @default 0.25
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to the candidate that each stage needs before it can pass. An objective needs more if they cannot exclude twice
   * its limit: with `errorRate: 0.001` at least 676.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Probability, over the whole rollout, that a candidate as good as the baseline is found to be worse.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * How long after the start of a stage, or after another replica became ready, the latency of a candidate does not count;
   * its errors always count. A router that can raises the share of a new replica over this time. "0s" turns both off.
   * @default - 30s, but at most a quarter of the time in which the candidate is judged
   */
  readonly warmUp?: string;
  /**
   * How many times the time of a stage may pass again while data is missing or a gate needs more samples.
   * @default 4
   */
  readonly maxExtensions?: number;
  /**
   * How long an incident may last in which both versions miss an objective. In this time nothing is judged, and it does not
   * count for the stage.
   * @default "1h"
   */
  readonly incidentTimeout?: string;
  /**
   * Requests per second to all versions together. The timetable then says what the rollout can see at this rate, and a
   * finding reports stages that get too few requests to pass.
   * @default - the timetable shows 1, 10 and 100
   */
  readonly expectedRequestsPerSecond?: number;
}

/**
 * Args of `BlueGreenPair`: a new version is tested before it serves users, then serves all of them after one change of the
 * weights, with an instant rollback.
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
  /** Which of them is live; a change of this prop is the switch, and the rollback. */
  readonly live: BlueGreenColor;
  /**
   * What happens to the other one: `full` until a rollback is unlikely, then `standby`, then `retired`.
   * @default "full"
   */
  readonly idle?: IdleColor;
  /**
   * Replicas that green has from the start, so that it can serve all traffic at once.
   * @default - autoscaling.maxReplicas
   */
  readonly preparedReplicas?: number;
  /**
   * Where green can be reached before it is live.
   * @default - none: only the smoke test reaches it
   */
  readonly preview?: Preview;
  /**
   * What green must show before the switch.
   * @default - 20 recorded requests answered as expected
   */
  readonly smokeTest?: SmokeTest;
  /**
   * How long green is monitored after the switch while blue keeps its size, up to an hour.
   * @default "1h"
   */
  readonly watchFor?: string;
  /**
   * How long blue stays on standby after that.
   * @default "24h"
   */
  readonly standbyFor?: string;
  /**
   * Replicas of the color on standby.
   * @default 1
   */
  readonly standbyReplicas?: number;
  /**
   * Share of the requests that are copied to blue while it is idle at full size or on standby, in whole percent, at most 50.
   * Its answers are dropped. They are what green is compared with at the same time. Requests with side effects have
   * them twice: use 0 then.
   * @default 5
   */
  readonly standbyMirror?: number;
  /**
   * How green is judged after the switch.
   * @default - compared with blue on p95 and errors
   */
  readonly analysis?: BlueGreenAnalysis;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * What moves the weights.
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
   * @default - the runtime's image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * What serves the models in that container.
   * @default - the bundled ONNX server
   */
  readonly runtime?: Runtime;
  /**
   * How each version is monitored.
   * @default - scraped every 15s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Which namespaces may reach the pods.
   * @default - those of the gateway and of Prometheus
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. With a plain name, alerts select the series of this namespace alone.
   * @default - the default of the engine
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Additional labels of every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** The metric that decides a test; its values come back as feedback on predictions. */
export interface AbMetric {
  /** Name under which feedback is sent, such as `clicked` or `revenue`. */
  readonly name: string;
  /**
   * Which direction is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Smallest value that can be sent, 0 or more. With 0 and 1 the metric is a rate, otherwise a mean.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Age that a prediction must reach before its values count, such as `"10m"`, up to 30 days: the time in which nearly all
   * of them arrive. Without it, values that arrive sooner count sooner, so that a new version looks worse than it is if
   * bad values arrive sooner than good ones.
   * @default "0s"
   */
  readonly maturity?: string;
  /**
   * Smallest difference from the control that matters, relative: `0.05` is 5% of the control's mean.
   * @default 0.05
   */
  readonly minimumEffect?: number;
  /**
   * Values that control and variant each need before there is a result.
   * @default 500
   */
  readonly minimumSamples?: number;
}

/** A cookie that the gateway sets pins a user to a variant. */
export interface CookieUnit {
  /**
   * Name of the cookie.
   * @default - derived from the name and the versions, so that every test assigns users independently
   */
  readonly name?: string;
  /**
   * How long a user stays pinned without a request, in days.
   * @default 30
   */
  readonly days?: number;
}

/** A bucket that the caller sends pins a user to a variant: a whole number from 0 to 99, derived from the user's id. */
export interface HeaderUnit {
  /**
   * Name of the header.
   * @default "x-slipway-bucket"
   */
  readonly name?: string;
}

/**
 * A hash of the user's id pins a user to a variant, the same one on every device. The gateway computes it before it
 * chooses a route. It needs a header that users cannot set themselves.
 */
export interface HashedUnit {
  /** Header that names the user, such as `x-user-id`; each request without it goes to a random variant. */
  readonly header: string;
  /**
   * Shuffles the users: tests with the same salt divide them in the same way.
   * @default - derived from the name and the versions, so that every test assigns users independently
   */
  readonly salt?: string;
  /**
   * Labels of the gateway's pods, in `network.gatewayNamespace`.
   * @default - those of the router: `istio: ingressgateway` with Istio
   */
  readonly gateway?: Record<string, string>;
}

/** How users are pinned to variants: exactly one member. */
export interface AssignmentUnit {
  /**
   * By a cookie: for browsers.
   * @default - another member is set
   */
  readonly cookie?: CookieUnit;
  /**
   * By a header: for callers that know their users.
   * @default - another member is set
   */
  readonly header?: HeaderUnit;
  /**
   * By a hash of the user's id: for any caller, where the router supports it.
   * @default - another member is set
   */
  readonly hash?: HashedUnit;
}

/** What is known in advance; it determines how long a test must run. */
export interface AbExpectation {
  /** Values of the metric per hour, from all users together. */
  readonly valuesPerHour: number;
  /** Mean of the metric today. */
  readonly mean: number;
  /**
   * Standard deviation of the values.
   * @default - the largest that the bounds and the mean allow, which for a rate is the exact one
   */
  readonly deviation?: number;
}

/**
 * Args of `AbTest`: users are divided among versions for a time, each user stays on one version, and a metric shows which
 * is better.
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
  /** The versions to compare, two or more; the first is the control. */
  readonly variants: ModelVersion[];
  /** The metric that decides the test. */
  readonly metric: AbMetric;
  /** How users are pinned to variants. */
  readonly unit: AssignmentUnit;
  /** How long the test runs, such as `"14d"`; whole weeks include every weekday equally. */
  readonly duration: string;
  /**
   * Whether users are divided now. Otherwise the test is prepared or over: all variants run and the control serves all users.
   * @default false
   */
  readonly running?: boolean;
  /**
   * Whole percentages of the users by version, such as `\{ "2.2.0": 90, "2.3.0": 10 \}`, each variant once, summing to 100.
   * @default - the same for each variant
   */
  readonly split?: Record<string, number>;
  /**
   * Probability, over the whole test, that a variant that is not better than the control is called a winner.
   * @default 0.05
   */
  readonly falseWinRate?: number;
  /**
   * The guardrails: what a variant must not worsen, even if it wins.
   * @default - p95 and errors
   */
  readonly analysis?: Analysis;
  /**
   * What is known in advance; a test that is too short for it is rejected.
   * @default - nothing: `slipway ab-test plan` computes with the figures that you pass
   */
  readonly expected?: AbExpectation;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * What moves the weights.
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
   * @default - the runtime's image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * What serves the models in that container.
   * @default - the bundled ONNX server
   */
  readonly runtime?: Runtime;
  /**
   * How each version is monitored.
   * @default - scraped every 15s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Which namespaces may reach the pods.
   * @default - those of the gateway and of Prometheus
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. With a plain name, alerts select the series of this namespace alone.
   * @default - the default of the engine
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Additional labels of every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** The reward of an arm; rewards come back as feedback on predictions. */
export interface BanditReward {
  /** Name under which rewards are sent as feedback, such as `clicked`. */
  readonly metric: string;
  /**
   * Which direction is better.
   * @default "higherIsBetter"
   */
  readonly direction?: MetricDirection;
  /**
   * Smallest reward that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest reward that can be sent, up to a billion. The closer it is to real rewards, the sooner the arms can be distinguished.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Age that a prediction must reach before its reward counts, such as `"10m"`, up to 30 days: the time in which nearly
   * all of them arrive. Without it, rewards that arrive sooner count sooner, so that an arm that was just given more
   * traffic seems to earn more or less than it does.
   * @default "0s"
   */
  readonly maturity?: string;
}

/** The split before rewards move it. */
export interface BanditWarmUp {
  /**
   * Whole percentages by version, such as `\{ "2.2.0": 80, "2.3.0": 20 \}`; each arm once, summing to 100, none below the floor.
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
   * How rewards become shares: `thompson` gives each arm the probability that it is the best one, `epsilonGreedy` gives all
   * but `epsilon` to the best arm so far, `ucb` gives each percent to the arm with the highest upper confidence bound.
   * @default "thompson"
   */
  readonly algorithm?: BanditAlgorithm;
  /**
   * With `epsilonGreedy`: the share of the traffic that is divided evenly among all arms.
   * @default 0.1
   */
  readonly epsilon?: number;
  /**
   * With `ucb`: the weight of uncertainty; above 1 explores longer.
   * @default 1
   */
  readonly exploration?: number;
  /**
   * Smallest share of every arm, in whole percent, so that there is always data to compare.
   * @default 5
   */
  readonly floor?: number;
  /**
   * Largest change of the share of an arm in one move, in whole percent.
   * @default 10
   */
  readonly maxStep?: number;
  /**
   * Minimum time between two moves: as long as most rewards take to arrive, or longer.
   * @default "10m"
   */
  readonly updateEvery?: string;
  /**
   * The split before the first move.
   * @default - the same for each arm, until each has 200 rewards
   */
  readonly warmUp?: BanditWarmUp;
  /**
   * Half-life of a reward, for rewards that drift, such as `"12h"`.
   * @default - rewards never age
   */
  readonly halfLife?: string;
  /**
   * Time after which the split stays as it is.
   * @default - none: it moves until the program names other arms
   */
  readonly duration?: string;
  /**
   * The split that this program declares, when no controller moves it: whole percentages by version, each arm once, summing to
   * 100; 0 stops the traffic of an arm.
   * @default - 100 to the first arm, the preparation: the others run and serve no users
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
  /** The versions to choose between, two or more. The first serves now; it is the baseline that the others are compared with. */
  readonly arms: ModelVersion[];
  /** The reward that they are chosen by. */
  readonly reward: BanditReward;
  /**
   * How the split follows the rewards.
   * @default - by Thompson sampling, at most 10% every ten minutes, at least 5% for each arm
   */
  readonly traffic?: BanditTraffic;
  /**
   * The guardrails: what removes an arm permanently, whatever it earns.
   * @default - compared with the first arm on p95 and errors
   */
  readonly analysis?: Analysis;
  /** What routes the traffic. */
  readonly routing: Routing;
  /**
   * What moves the weights.
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
   * @default - the runtime's image with 500m CPU and 512Mi
   */
  readonly serving?: Serving;
  /**
   * What serves the models in that container.
   * @default - the bundled ONNX server
   */
  readonly runtime?: Runtime;
  /**
   * How each version is monitored.
   * @default - scraped every 15s, selected by kube-prometheus-stack
   */
  readonly monitoring?: Monitoring;
  /**
   * Which namespaces may reach the pods.
   * @default - those of the gateway and of Prometheus
   */
  readonly network?: Network;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. With a plain name, alerts select the series of this namespace alone.
   * @default - the default of the engine
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Additional labels of every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/**
 * Args of `InferenceAutoscaler`: an autoscaler for a Deployment that is declared elsewhere.
 *
 * @example
 * ```ts
 * new InferenceAutoscaler("triton", { deployment: "triton", autoscaling: { minReplicas: 3, cpuUtilization: 60 } });
 * ```
 */
export interface InferenceAutoscalerArgs {
  /** Name of the Deployment. The program that declares it must not set `replicas`. */
  readonly deployment: string;
  /**
   * How many replicas, and what scales them.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: Autoscaling;
  /**
   * Namespace of the Deployment.
   * @default - the default of the engine
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Fields to merge into the autoscaler, under the role `autoscaler`.
   * @default - none
   */
  readonly overrides?: Record<string, any>;
}

/** Routing by Istio. */
export interface IstioRouting {
  /** Hosts that callers use, such as `recommender.example.com`. */
  readonly hosts: pulumi.Input<string>[];
  /** Gateways that accept the traffic, as `namespace/name`. */
  readonly gateways: pulumi.Input<string>[];
  /**
   * Consecutive 5xx responses after which a pod is ejected from load balancing. A 429 does not count: to eject an
   * overloaded pod would overload the others.
   * @default 5
   */
  readonly consecutiveErrors?: number;
  /**
   * How long a failing pod is ejected the first time.
   * @default "30s"
   */
  readonly ejectionTime?: string;
}

/** What routes the traffic: exactly one member. */
export interface Routing {
  /**
   * Istio VirtualServices and DestinationRules.
   * @default - another member is set
   */
  readonly istio?: IstioRouting;
}

/** Settings of the bundled ONNX server. */
export interface OnnxRuntime {
  /**
   * Workers of each replica. Each keeps a copy of the model in memory; short inferences do not use them.
   * @default - as many as the container's CPUs have room for, at `threadsPerInference` each; 16 at most
   */
  readonly workers?: number;
  /**
   * Threads that one inference may use. More shorten a large inference, and leave room for fewer workers.
   * @default 1
   */
  readonly threadsPerInference?: number;
  /**
   * Longest time that an inference may take in a worker. After it the request is answered with 504, and the worker is
   * ended and replaced.
   * @default "30s"
   */
  readonly runTimeout?: string;
}

/** What serves the models: exactly one member. */
export interface Runtime {
  /**
   * The bundled ONNX server, built from `serving-image/Dockerfile`.
   * @default - with its own defaults, unless another member is set
   */
  readonly onnx?: OnnxRuntime;
}
