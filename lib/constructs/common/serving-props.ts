import type { DeferredString } from "../../core/deferred";

/** When the predictions of two versions for one request agree. */
export const PredictionAgreement = {
  /** Every number within the tolerance. */
  Values: "values",
  /** The largest number of each row at the same index: the same top class. */
  TopOne: "top-1",
} as const;
export type PredictionAgreement = (typeof PredictionAgreement)[keyof typeof PredictionAgreement];

/** How a shadow compares its predictions with those of the live version. */
export interface PredictionComparisonProps {
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
export interface ServingProps {
  /**
   * Image that serves the model: the one built from `serving-image/Dockerfile`. Pinned by digest in production.
   * @default - that of the runtime: "slipway/serving:0.1.0" with the bundled server
   */
  readonly image?: DeferredString;
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
  readonly comparison?: PredictionComparisonProps;
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
  readonly env?: Record<string, DeferredString>;
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
  readonly serviceAccountAnnotations?: Record<string, DeferredString>;
  /**
   * Labels that a node must have to run a replica.
   * @default - any node
   */
  readonly nodeSelector?: Record<string, string>;
}
