import type { Environment } from "../../core/environment";
import type { DeferredString } from "../../core/deferred";
import type { ObjectPatch } from "../../core/patch";
import type { RuntimeProps } from "../../runtimes/props";
import type { ServingProps } from "./serving-props";

export * from "./serving-props";

/** The kinds of checks that evidence records. */
export const EvidenceKind = {
  /** The model answered recorded requests as expected. */
  Validated: "validated",
  /** The endpoint answered real requests within the objectives. */
  EndpointTested: "endpoint_tested",
  /** Traffic was rolled back from this version without losing a request. */
  RollbackTested: "rollback_tested",
} as const;
export type EvidenceKind = (typeof EvidenceKind)[keyof typeof EvidenceKind];

/** One check that was run on an artifact. */
export interface EvidenceCheckProps {
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
export interface EvidenceProps {
  /** SHA-256 of the model that was checked, with its external data. */
  readonly sha256: string;
  /** Version that was checked. */
  readonly version: string;
  /** What was checked; if a kind occurs several times, the last check counts. */
  readonly checks: EvidenceCheckProps[];
}

/** A model version: an artifact that never changes. */
export interface ModelVersionProps {
  /** Semantic version, such as `2.3.0`. */
  readonly version: string;
  /** Where the serving image reads the model file: `s3://…`, `gs://…`, `https://…`, `http://…`, `file://…`, `models:/…`, `runs:/…`, `mlflow-artifacts:/…` or `oci:/…`. */
  readonly uri: DeferredString;
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
  readonly evidence?: EvidenceProps;
  /**
   * How the server warms the model up and measures it before it receives requests.
   * @default - with inputs that the server invents
   */
  readonly warmUp?: WarmUpProps;
}

/**
 * How the server warms a model up. If no inputs are known that the model accepts, it is served all the same, but in workers
 * and without batches.
 */
export interface WarmUpProps {
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
  readonly samples?: DeferredString;
  /**
   * Shapes of invented inputs, by name, such as `{ image: [1, 3, 640, 640] }`.
   * @default - those that the model declares, with several sizes for open dimensions
   */
  readonly shapes?: Record<string, number[]>;
}

/** What users are promised, at least one member. Alerts, gates and histogram buckets follow from it. */
export interface ObjectivesProps {
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
export interface AutoscalingProps {
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
export interface MonitoringProps {
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
export interface NetworkProps {
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

/** Props of every construct that serves model versions. */
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
   * @default - the runtime's image with 500m CPU and 512Mi
   */
  readonly serving?: ServingProps;
  /**
   * What serves the models in that container.
   * @default - the bundled ONNX server
   */
  readonly runtime?: RuntimeProps;
  /**
   * How each version is monitored.
   * @default - scraped every 15s, selected by kube-prometheus-stack
   */
  readonly monitoring?: MonitoringProps;
  /**
   * Which namespaces may reach the pods.
   * @default - those of the gateway and of Prometheus
   */
  readonly network?: NetworkProps;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. With a plain name, alerts select the series of this namespace alone.
   * @default - the default of the engine
   */
  readonly namespace?: DeferredString;
  /**
   * Additional labels of every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, ObjectPatch>;
}
