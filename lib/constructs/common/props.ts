import type { Environment } from "../../core/environment";
import type { DeferredString } from "../../core/deferred";
import type { ObjectPatch } from "../../core/patch";

/** The kinds of checks that evidence records. */
export const EvidenceKind = {
  /** The model's answers to recorded requests were the expected ones. */
  Validated: "validated",
  /** The endpoint answered real requests within the objectives. */
  EndpointTested: "endpoint_tested",
  /** Traffic was moved back from this version without losing a request. */
  RollbackTested: "rollback_tested",
} as const;
export type EvidenceKind = (typeof EvidenceKind)[keyof typeof EvidenceKind];

/** One check that was run on an artifact. */
export interface EvidenceCheckProps {
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
export interface EvidenceProps {
  /** SHA-256 of the model file that was checked. */
  readonly sha256: string;
  /** Version that was checked. */
  readonly version: string;
  /** What was checked; of several checks of one kind the last one counts. */
  readonly checks: EvidenceCheckProps[];
}

/** A model version: an artifact that never changes. */
export interface ModelVersionProps {
  /** Semantic version, such as `2.3.0`. */
  readonly version: string;
  /** Where the serving image reads the model file: `s3://…`, `gs://…`, `https://…`, `http://…`, `file://…`, `models:/…`, `mlflow-artifacts:/…` or `oci:/…`. */
  readonly uri: DeferredString;
  /**
   * SHA-256 of the model file, 64 hexadecimal digits. The server refuses any other file. Required in production.
   * @default - the file is not checked
   */
  readonly sha256?: string;
  /**
   * What was checked on this artifact. Required in production for a version on trial.
   * @default - none
   */
  readonly evidence?: EvidenceProps;
}

/** What users are promised, at least one member; alerts, gates and histogram buckets are made from it. */
export interface ObjectivesProps {
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
export interface AutoscalingProps {
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

/** When two versions' predictions for one request count as the same. */
export const PredictionAgreement = {
  /** Every number within the tolerance. */
  Values: "values",
  /** The largest of each row of numbers in the same place: the same class first. */
  TopOne: "top-1",
} as const;
export type PredictionAgreement = (typeof PredictionAgreement)[keyof typeof PredictionAgreement];

/** How a server compares its predictions with those of the live version, when it is in its shadow. */
export interface PredictionComparisonProps {
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
export interface ServingProps {
  /**
   * Image that serves the model: the one built from `serving-image/Dockerfile`. Pinned by digest in production.
   * @default "slipway/serving:0.1.0"
   */
  readonly image?: DeferredString;
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
  readonly comparison?: PredictionComparisonProps;
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
  readonly env?: Record<string, DeferredString>;
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
  readonly serviceAccountAnnotations?: Record<string, DeferredString>;
  /**
   * Labels that a node must have to run a replica.
   * @default - any node
   */
  readonly nodeSelector?: Record<string, string>;
}

/** How a version is watched. */
export interface MonitoringProps {
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
export interface NetworkProps {
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
export interface IstioRoutingProps {
  /** Hosts that callers use, such as `recommender.example.com`. */
  readonly hosts: DeferredString[];
  /** Gateways that take the traffic, as `namespace/name`. */
  readonly gateways: DeferredString[];
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
export interface RoutingProps {
  /**
   * Istio VirtualServices and DestinationRules.
   * @default - another member is given
   */
  readonly istio?: IstioRoutingProps;
}

/** Props of everything that serves model versions. */
export interface ServedProps {
  /** What users are promised; in a rollout each objective is a gate. */
  readonly objectives: ObjectivesProps;
  /**
   * How many replicas serve each version.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: AutoscalingProps;
  /**
   * The container of each version.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: ServingProps;
  /**
   * How each version is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: MonitoringProps;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: NetworkProps;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: DeferredString;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, ObjectPatch>;
}
