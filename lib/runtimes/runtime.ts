import type { Check } from "../core/checks/check";
import type { DeferredString } from "../core/deferred";
import type { LocalProgram } from "./local-program";
import type { ServerMetrics } from "./metrics";

/** One model version, and how it is to be served. */
export interface ServerSpec {
  /** Name of the application: of all versions of the model together. */
  readonly application: string;
  readonly model: {
    readonly version: string;
    readonly uri: DeferredString;
    readonly sha256?: string | undefined;
    readonly warmUp?: WarmUp | undefined;
  };
  readonly image: DeferredString;
  /** Whether it also answers over gRPC. */
  readonly grpc: boolean;
  readonly cpu: string;
  readonly cpuLimit?: string | undefined;
  readonly memory: string;
  readonly env: Readonly<Record<string, DeferredString>>;
  readonly envFromSecrets: readonly string[];
  readonly drainSeconds: number;
  readonly startupSeconds: number;
  readonly latencyObjectiveSeconds: number | undefined;
  readonly maxBatchSize: number;
  /** Quantity; undefined for the runtime's own limit. */
  readonly maxRequestSize: string | undefined;
  readonly predictPath: string | undefined;
  readonly comparison: PredictionComparison;
  /** Quantity that model files may occupy. */
  readonly modelStorage: string;
}

/** How a model is warmed up before it receives requests. */
export interface WarmUp {
  readonly enabled?: boolean | undefined;
  /** URI of recorded requests. */
  readonly samples?: DeferredString | undefined;
  /** Shapes of invented inputs, by name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
}

/** How predictions are compared with those of the live version. */
export interface PredictionComparison {
  readonly agreement: string;
  readonly tolerance: number;
  readonly samples: number;
  readonly showValues: boolean;
}

/** Rules for the values of one metric, which come back as feedback on predictions. */
export interface MetricRule {
  readonly metric: string;
  /** Values outside these bounds are refused. */
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Values count no earlier than this after their predictions. */
  readonly maturitySeconds?: number;
}

/** The ConfigMap with the rules of all metrics of an application, which every version mounts if it exists. */
export interface MetricRuleFiles {
  configMapName(application: string): string;
  files(rules: readonly MetricRule[]): Readonly<Record<string, string>>;
}

/** A port of the container, by the name that Services and probes use. */
export interface ContainerPort {
  readonly name: string;
  readonly port: number;
}

/**
 * What serves models. Constructs, monitoring and drivers know a runtime only by this interface, and only the runtime
 * understands its settings. All of it is pure. If an optional member is missing, the runtime does not have that ability.
 */
export interface Runtime<Settings> {
  /** Name in messages, with its article. */
  readonly title: string;
  /** Reads the runtime's member of `runtime`. */
  readonly parse: Check<Settings>;
  /** Image of the container, unless the props name another. */
  readonly image: string;
  /** User that the container runs as. */
  readonly userId: number;
  readonly ports: { readonly http: ContainerPort; readonly grpc?: ContainerPort };
  readonly paths: { readonly ready: string; readonly metrics: string };
  readonly metrics: ServerMetrics;
  /** Environment variables that the plan or the image sets, so that programs must not. */
  readonly reservedVariables: readonly string[];
  /** How it accepts feedback on its predictions. `{model}` in a path stands for the name of the model. */
  readonly feedback?: {
    readonly path: string;
    /** Header of a response with the id that feedback on the prediction refers to. */
    readonly idHeader: string;
    /** How it follows rules for the values of each metric; they may change while it runs. */
    readonly metricRules?: MetricRuleFiles;
  };
  /** How it compares its predictions with those of the live version. */
  readonly comparison?: {
    /** Name of the Service by which it finds the replicas of the live version. */
    serviceName(application: string): string;
    /** Where it reports what it has compared, with pairs that differ; `{model}` stands for the name of the model. */
    readonly samplesPath: string;
  };
  /** How a rehearsal corrupts its predictions: an argument of the program that allows it, and where to ask for it. */
  readonly faults?: { readonly argument: string; readonly path: string };
  /** The program to run on one machine; without it the runtime cannot be rehearsed. */
  readonly localProgram?: LocalProgram;
  /** Files that the server reads its settings from, by name; they are mounted from a ConfigMap. */
  settingsFiles(spec: ServerSpec, settings: Settings): Readonly<Record<string, string>>;
  container(spec: ServerSpec, settings: Settings): Readonly<Record<string, unknown>>;
  volumes(configMap: string, spec: ServerSpec, settings: Settings): readonly Readonly<Record<string, unknown>>[];
}

/** A runtime whose server can also run on one machine. */
export type LocalRuntime = Runtime<unknown> & { readonly localProgram: LocalProgram };

/** What a runtime may be able to do, and how a message says it. */
export const RUNTIME_CAPABILITIES = {
  feedback: "accept feedback on its predictions",
  maturity: "count feedback only once its prediction has reached an age",
  comparison: "compare its predictions with those of the live version",
  faults: "corrupt its predictions for a rehearsal",
  grpc: "answer over gRPC",
} as const;
export type RuntimeCapability = keyof typeof RUNTIME_CAPABILITIES;

/** Whether the server of a runtime can also run on one machine. */
export function isLocalRuntime(runtime: Runtime<unknown>): runtime is LocalRuntime {
  return runtime.localProgram !== undefined;
}

/** Whether a runtime can do something. */
export function hasCapability(runtime: Runtime<unknown>, capability: RuntimeCapability): boolean {
  const { feedback, comparison, faults, metrics, ports } = runtime;
  const able: Readonly<Record<RuntimeCapability, boolean>> = {
    feedback: feedback !== undefined && metrics.feedback !== undefined,
    maturity: feedback?.metricRules !== undefined,
    comparison: comparison !== undefined && metrics.comparison !== undefined,
    faults: faults !== undefined,
    grpc: ports.grpc !== undefined,
  };
  return able[capability];
}
