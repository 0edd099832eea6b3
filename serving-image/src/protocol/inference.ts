import type { TensorData, Tensors, TensorSpec } from "./datatypes";

/** An inference request as decoded from the wire, before it is validated against a model. */
export interface InferDraft {
  /** The caller's own id of the request, if it sent one. */
  readonly id?: string;
  readonly inputs: readonly InputDraft[];
  /** The requested outputs; an empty list stands for all. */
  readonly outputs: readonly OutputDraft[];
  /** Whether an output is binary if it does not set that itself. */
  readonly isBinary: boolean;
  readonly hints?: SchedulingHints;
}

export interface InputDraft {
  readonly name: string;
  readonly datatype: unknown;
  readonly shape: unknown;
  /** Reads the elements, once the datatype and the shape are known to match the model. */
  read(spec: TensorSpec, shape: readonly number[], size: number): TensorData;
}

export interface OutputDraft {
  readonly name: string;
  readonly isBinary?: boolean;
}

/** How the queue treats a request. */
export interface SchedulingHints {
  /**
   * 1 is the highest priority; larger numbers come later.
   * @default 10
   */
  readonly priority?: number;
  /**
   * Longest time in the queue, in seconds.
   * @default - no limit
   */
  readonly timeoutSeconds?: number;
}

/** What a model needs to compute one request. */
export interface Inference extends SchedulingHints {
  readonly inputs: Tensors;
  /** Rows along the batch dimension. */
  readonly rows: number;
  /** Names of the requested outputs. */
  readonly outputs: readonly string[];
}

/** An inference request that was validated against the model. */
export interface InferRequest extends Inference {
  /** The caller's own id of the request, if it sent one. */
  readonly id?: string;
  /** Names of the outputs to return as bytes. */
  readonly binary: ReadonlySet<string>;
}

/**
 * How the cache served a request: from an entry, with the run of another request, by computing it, or not at all because
 * the cache was bypassed.
 */
export type CacheOutcome = "hit" | "shared" | "miss" | "skipped";

/** What a model answered to one request, over HTTP or gRPC. */
export interface Prediction {
  readonly id: string;
  readonly request: InferRequest;
  readonly outputs: Tensors;
  /** Undefined if the model has no cache. */
  readonly cache?: CacheOutcome;
}
