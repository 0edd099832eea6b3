import type { CacheConfig, CacheSettings } from "../cache/settings";
import type { LogLevel } from "../core/log";
import type { Baseline, DriftConfig } from "../drift/settings";
import type { FaultConfig } from "../faults/settings";
import type { FeedbackConfig } from "../feedback/settings";
import type { ResponsesConfig } from "../http/settings";
import type { WarmUpConfig, WorkersConfig } from "../model/settings";
import type { ComparisonConfig } from "../shadow/settings";

/** How the server accepts HTTP requests. */
export interface HttpConfig {
  /** @default "0.0.0.0" */
  readonly host: string;
  /**
   * 0 picks a free one; the log says which.
   * @default 8080
   */
  readonly port: number;
  /**
   * Largest body of a request, in bytes, compressed and decompressed; a larger one is answered with 413.
   * @default 8388608
   */
  readonly bodyLimitBytes: number;
  /**
   * Responses of at least this many bytes are compressed for clients that accept it (gzip, deflate). Within a cluster,
   * compressing small ones is rarely worth the time.
   * @default 8192
   */
  readonly compressFromBytes: number;
  /**
   * An additional path for predictions of the model, such as `/predict`. It answers `{"instances": …}` with
   * `{"predictions": …}`, and requests in the protocol's format in the same format.
   * @default - only the paths of the protocols
   */
  readonly predictPath?: string;
  /**
   * Largest size of the headers of a request, in bytes; larger ones are answered with 431.
   * @default 16384
   */
  readonly headerLimitBytes: number;
  /** @default 10 */
  readonly headersTimeoutSeconds: number;
  /**
   * How long a client may take to send a whole request.
   * @default 30
   */
  readonly requestTimeoutSeconds: number;
  /**
   * How long an idle connection stays open. It should be longer than the idle timeout of any load balancer, so that the
   * server never closes a connection on which a request is on its way.
   * @default 620
   */
  readonly keepAliveSeconds: number;
}

/** The Open Inference Protocol over gRPC, on the same address and with the same limits as over HTTP. */
export interface GrpcConfig {
  /** @default true */
  readonly enabled: boolean;
  /**
   * 0 picks a free one; the log says which.
   * @default 8081
   */
  readonly port: number;
}

/** A model to serve. */
export interface ModelConfig {
  readonly name: string;
  readonly version: string;
  /**
   * `file://…`, a plain path, `http(s)://…`, `s3://bucket/key`, `gs://bucket/object`, `models:/name/version`,
   * `runs:/run/path` or `mlflow-artifacts:/path` of the server that MLFLOW_TRACKING_URI names, or `oci:/layout:tag` of a
   * mounted image layout. It may name the folder that contains the file.
   */
  readonly uri: string;
  /**
   * SHA-256 of the file, 64 hexadecimal digits. Any other file is rejected. For a model with external data it is the SHA-256
   * of a manifest of all its files: `(sha256sum < model.onnx; sha256sum model.onnx.data) | sha256sum`.
   * @default - the file is not verified
   */
  readonly sha256?: string;
  /**
   * Folder under which the file is stored, as `<root>/<name>/<version>/model.onnx`.
   * @default "/models"
   */
  readonly root: string;
  /**
   * Threads that one inference may use. Versions from the repository use the setting of the model with the same name, or
   * else of the first model.
   * @default 1
   */
  readonly threads: number;
  /** How it is warmed up. */
  readonly warmUp: WarmUpConfig;
  /**
   * Whether its answers are cached, if a cache is configured. Disable it for a model whose answers vary for the same inputs,
   * or that computes faster than the cache answers.
   * @default true
   */
  readonly cache: boolean;
}

export interface LogConfig {
  /** @default "info" */
  readonly level: LogLevel;
  /**
   * Share of the requests that are logged, 0 to 1. At level `debug` every request is logged.
   * @default 0
   */
  readonly requests: number;
}

export interface BucketsConfig {
  /**
   * Upper bounds of the latency histograms, in seconds, in increasing order. Include the latency objective.
   * @default - those of contract.json
   */
  readonly durationSeconds: readonly number[];
}

/** How the server stops. */
export interface DrainConfig {
  /**
   * How long the server keeps serving after SIGTERM, while it is not ready, so that routers can remove it.
   * @default 0
   */
  readonly delaySeconds: number;
  /**
   * How long open requests may take after that.
   * @default 25
   */
  readonly timeoutSeconds: number;
}

/** How waiting requests share one run of the model. */
export interface BatchingConfig {
  /**
   * Maximum number of rows in one run; 1 disables batching.
   * @default 32
   */
  readonly maxBatchSize: number;
  /**
   * Whether batching is disabled for a model whose batched results may not be bit-identical. `false` accepts differences in
   * rounding, also those of dynamic quantization, for more throughput. Results that may differ are never cached.
   * @default true
   */
  readonly exact: boolean;
  /**
   * Most memory of a run with several rows, in bytes, as measured when the model is loaded. A run of a single row may need
   * more.
   * @default 134217728
   */
  readonly maxBatchBytes: number;
  /**
   * How long a request may wait for others to share its run, in seconds, at most 0.1. With 0, requests only share a run if
   * they are waiting anyway.
   * @default 0
   */
  readonly maxDelaySeconds: number;
  /**
   * Maximum number of waiting requests; further ones are answered with 429.
   * @default 1000
   */
  readonly queueSize: number;
}

/** Models in a folder with Triton's layout: `<root>/<model>/<version>/model.onnx`. */
export interface RepositoryConfig {
  /**
   * The folder.
   * @default - `root` of the first model
   */
  readonly root: string;
  /**
   * Whether models may be loaded and unloaded over the network (`POST /v2/repository/models/M/load`), by every client that
   * can request predictions.
   * @default false
   */
  readonly control: boolean;
}

/** Limits of the contents of a request, over HTTP and gRPC. */
export interface LimitsConfig {
  /**
   * Maximum number of elements of an input.
   * @default 16777216
   */
  readonly tensorElements: number;
  /**
   * How NaN and infinities are treated: `accept` passes them to the model and to the client, `refuse` answers with 400 if an
   * input has them and with 422 if the model returns them. In JSON they are `"NaN"`, `"Infinity"` and `"-Infinity"`.
   * @default "accept"
   */
  readonly notFinite: "accept" | "refuse";
  /**
   * Memory that the server may use, in bytes. Runs and requests for which there is not enough wait, or are answered with 429.
   * @default - the memory limit of the container; unlimited without one
   */
  readonly memoryBytes?: number;
}

/** How model files are downloaded. */
export interface DownloadConfig {
  /**
   * Consecutive attempts without progress before the download fails. Each attempt resumes the one before, if the source
   * supports it.
   * @default 5
   */
  readonly attempts: number;
  /**
   * A source that sends no data for this long is retried, in seconds.
   * @default 30
   */
  readonly stalledAfterSeconds: number;
  /**
   * Maximum size of all downloaded files under `model.root`, in bytes. If it would be exceeded, files of versions that are
   * not served are deleted, least recently used first; a model that does not fit even then is rejected.
   * @default - no limit but the disk
   */
  readonly diskLimitBytes: number;
}

/** How signatures of models are verified: detached signatures next to the model, as `<file>.sig`. */
export interface SignatureConfig {
  /**
   * Whether a model without a signature is rejected. One with an invalid signature always is.
   * @default false
   */
  readonly required: boolean;
  /**
   * Public key (Ed25519, ECDSA or RSA) in PEM format, or the path of a file with it.
   * @default - signatures are not verified
   */
  readonly publicKey?: string;
}

/** All settings, with every default filled in. */
export interface ServerConfig {
  readonly http: HttpConfig;
  readonly grpc: GrpcConfig;
  /** At least one. */
  readonly models: readonly ModelConfig[];
  readonly repository: RepositoryConfig;
  readonly log: LogConfig;
  readonly buckets: BucketsConfig;
  readonly drain: DrainConfig;
  readonly batching: BatchingConfig;
  readonly workers: WorkersConfig;
  readonly limits: LimitsConfig;
  readonly responses: ResponsesConfig;
  readonly download: DownloadConfig;
  readonly signature: SignatureConfig;
  /** @default - every request is computed */
  readonly cache?: CacheConfig;
  readonly comparison: ComparisonConfig;
  readonly feedback: FeedbackConfig;
  readonly drift: DriftConfig;
  /** The contents of `drift.baseline`. */
  readonly baseline?: Baseline;
  /** Only if the command line allows faults. */
  readonly faults?: FaultConfig | undefined;
  /** The first one signs prediction ids; empty if ids are not signed. Never part of the file. */
  readonly predictionSecrets: readonly string[];
}

type Sections = Omit<ServerConfig, "models" | "predictionSecrets" | "baseline" | "cache">;

type ModelSettings = Partial<Omit<ModelConfig, "warmUp">> & { readonly warmUp?: Partial<WarmUpConfig> };

/** The configuration file. Every setting is optional there, since the environment may set it. */
export type ServerSettings = { readonly [Section in keyof Sections]?: Partial<Sections[Section]> } & {
  /** The only model, or the first of several. */
  readonly model?: ModelSettings;
  /** Several models, or versions of one. */
  readonly models?: readonly ModelSettings[];
  readonly cache?: CacheSettings;
};
