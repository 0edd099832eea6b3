import type { CacheConfig, CacheSettings } from "../cache/settings";
import type { LogLevel } from "../core/log";
import type { Baseline, DriftConfig } from "../drift/settings";
import type { FaultConfig } from "../faults/settings";
import type { FeedbackConfig } from "../feedback/settings";
import type { ComparisonConfig } from "../shadow/settings";

/** How the server takes requests. */
export interface HttpConfig {
  /** @default "0.0.0.0" */
  readonly host: string;
  /**
   * 0 picks a free one; the log says which.
   * @default 8080
   */
  readonly port: number;
  /**
   * Largest body of a request, in bytes, as it is sent and also unpacked; a larger one is answered with 413.
   * @default 8388608
   */
  readonly bodyLimitBytes: number;
  /**
   * Answers of this many bytes or more are compressed for clients that accept it (gzip, deflate). Within a cluster the
   * time that it takes is rarely worth the bytes of a small one.
   * @default 8192
   */
  readonly compressFromBytes: number;
  /**
   * A path of your own that answers predictions of the model, such as `/predict`: `{"instances": …}` with
   * `{"predictions": …}`, and requests of the protocol with answers of the protocol.
   * @default - only the paths of the protocols
   */
  readonly predictPath?: string;
  /**
   * Largest headers of a request, in bytes; larger ones are answered with 431.
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
   * How long an idle connection stays open. Longer than any load balancer keeps its own, so that it is never the
   * server that closes a connection on which a request is on its way.
   * @default 620
   */
  readonly keepAliveSeconds: number;
}

/** The Open Inference Protocol over gRPC, at the same address and with the same limits as over HTTP. */
export interface GrpcConfig {
  /** @default true */
  readonly enabled: boolean;
  /**
   * 0 picks a free one; the log says which.
   * @default 8081
   */
  readonly port: number;
}

/** The model that is served. */
export interface ModelConfig {
  readonly name: string;
  readonly version: string;
  /**
   * `file://…`, a plain path, `http(s)://…`, `s3://bucket/key`, `gs://bucket/object`, `models:/name/version` or
   * `mlflow-artifacts:/path` of the server that MLFLOW_TRACKING_URI names, or `oci:/layout:tag` of a mounted image layout.
   */
  readonly uri: string;
  /**
   * SHA-256 of the file, 64 hexadecimal digits. Any other file is refused.
   * @default - the file is not checked
   */
  readonly sha256?: string;
  /**
   * Folder under which the file is kept, as `<root>/<name>/<version>/model.onnx`.
   * @default "/models"
   */
  readonly root: string;
  /**
   * Threads that one inference may use. Versions that come from the repository have as many as the model of their name
   * here, or else as the first model.
   * @default 1
   */
  readonly threads: number;
  /**
   * Shapes of the warm-up's inputs, by name; needed only where the model does not say them and none that the server
   * tries fits.
   * @default - made from the model's own metadata
   */
  readonly warmUpShapes?: Readonly<Record<string, readonly number[]>>;
  /**
   * Whether its answers are kept in the cache, where there is one. Not for a model whose answers differ for the same
   * inputs, nor for one that computes faster than a cache answers.
   * @default true
   */
  readonly cache: boolean;
}

export interface LogConfig {
  /** @default "info" */
  readonly level: LogLevel;
  /**
   * Share of the requests that get a log line, 0 to 1. At level `debug` every request gets one.
   * @default 0
   */
  readonly requests: number;
}

export interface BucketsConfig {
  /**
   * Upper bounds of the latency histograms, in seconds, rising. Put the latency objective among them.
   * @default - those of contract.json
   */
  readonly durationSeconds: readonly number[];
}

/** How the server stops. */
export interface DrainConfig {
  /**
   * How long the server goes on as before after SIGTERM (only `/ready` says no), so that routers can forget it.
   * @default 0
   */
  readonly delaySeconds: number;
  /**
   * How long requests that are still running may take after that.
   * @default 25
   */
  readonly timeoutSeconds: number;
}

/** How requests that wait at the same moment share one run of the model. */
export interface BatchingConfig {
  /**
   * Rows in one run at most; 1 turns batching off.
   * @default 32
   */
  readonly maxBatchSize: number;
  /**
   * Whether batching is given up for a model whose answers differ, if only in the last bit, when they are computed
   * together. `false` accepts rounding differences for throughput.
   * @default true
   */
  readonly exact: boolean;
  /**
   * How long a request may wait for others to share its run, in seconds, 0.1 at most. 0 never waits: requests share a
   * run only if they are waiting anyway.
   * @default 0
   */
  readonly maxDelaySeconds: number;
  /**
   * Requests that may wait for a run; one more is answered with 429.
   * @default 1000
   */
  readonly queueSize: number;
}

/** Where models compute. */
export interface WorkersConfig {
  /**
   * Worker threads of each model that computes in them; each keeps a copy of the model in memory.
   * @default - as many as the processors that this process may use have room for, at `model.threads` each; 16 at most
   */
  readonly count: number;
  /**
   * A model computes in worker threads if one run of it, with as many rows as may share one, takes longer than this,
   * in seconds. Shorter ones cost less in the event loop, which has nothing else to do so briefly. 0 puts every model
   * in workers.
   * @default 0.001
   */
  readonly aboveSeconds: number;
}

/** Models that lie in a folder as Triton has them: `<root>/<model>/<version>/model.onnx`. */
export interface RepositoryConfig {
  /**
   * The folder.
   * @default - that of the first model
   */
  readonly root: string;
  /**
   * Whether models may be loaded and unloaded over the network (`POST /v2/repository/models/M/load`), by anyone who
   * may ask for predictions.
   * @default false
   */
  readonly control: boolean;
}

/** What a request may hold, whichever way it comes. */
export interface LimitsConfig {
  /**
   * Elements of one input at most.
   * @default 16777216
   */
  readonly tensorElements: number;
  /**
   * What becomes of inputs that hold NaN or an infinity: `accept` leaves it to the model, `refuse` answers with 400. They
   * come only as bytes: JSON has no word for them, and is refused in any case.
   * @default "accept"
   */
  readonly notFinite: "accept" | "refuse";
}

/** How model files are fetched. */
export interface DownloadConfig {
  /**
   * Attempts in a row that bring nothing new before the source is given up. Each goes on from where the one before had
   * come, where the source can do that.
   * @default 5
   */
  readonly attempts: number;
  /**
   * A source that sends nothing for so long is tried again.
   * @default 30
   */
  readonly stalledAfterSeconds: number;
  /**
   * Bytes that all files under `model.root` that the server has fetched may take. Before it would take more, files of
   * versions that it does not serve go, the longest unused first; a model that does not fit even then is refused.
   * @default - as many as the disk has
   */
  readonly diskLimitBytes: number;
}

/** Who must have signed a model, with a detached signature that lies beside it as `<file>.sig`. */
export interface SignatureConfig {
  /**
   * Whether a model without a signature is refused. One with a wrong signature always is.
   * @default false
   */
  readonly required: boolean;
  /**
   * Public key (Ed25519, ECDSA or RSA) as PEM, or the path of a file that holds it.
   * @default - signatures are not looked at
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
  readonly download: DownloadConfig;
  readonly signature: SignatureConfig;
  /** @default - every request is computed */
  readonly cache?: CacheConfig;
  readonly comparison: ComparisonConfig;
  readonly feedback: FeedbackConfig;
  readonly drift: DriftConfig;
  /** What `drift.baseline` names. */
  readonly baseline?: Baseline;
  /** Only where the command line allows faults. */
  readonly faults?: FaultConfig | undefined;
  /** Sign the ids of predictions, the first of them; none where ids are not signed. Never part of a file. */
  readonly predictionSecrets: readonly string[];
}

type Sections = Omit<ServerConfig, "models" | "predictionSecrets" | "baseline" | "cache">;

/** The shape of the configuration file: every setting is optional there, for the environment may give it. */
export type ServerSettings = { readonly [Section in keyof Sections]?: Partial<Sections[Section]> } & {
  /** The one model that is served, or the first of several. */
  readonly model?: Partial<ModelConfig>;
  /** Several models, or versions of one. */
  readonly models?: readonly Partial<ModelConfig>[];
  readonly cache?: CacheSettings;
};
