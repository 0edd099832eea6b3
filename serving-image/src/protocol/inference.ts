import type { TensorData, Tensors, TensorSpec } from "./datatypes";

/** A request as its wire form gives it, before anything of it is checked against a model. */
export interface InferDraft {
  /** The caller's own name for the request, if it gave one. */
  readonly id?: string;
  readonly inputs: readonly InputDraft[];
  /** The outputs that are asked for; none stands for all. */
  readonly outputs: readonly OutputDraft[];
  /** Whether outputs are binary that do not say it themselves. */
  readonly isBinary: boolean;
  /** How long it may wait, and which others go first, where it says so. */
  readonly urgency?: Urgency;
}

export interface InputDraft {
  readonly name: string;
  readonly datatype: unknown;
  readonly shape: unknown;
  /** Reads the elements, once the datatype and the shape are known to be what the model takes. */
  read(spec: TensorSpec, shape: readonly number[], size: number): TensorData;
}

export interface OutputDraft {
  readonly name: string;
  readonly isBinary?: boolean;
}

/** How a request is to be treated in the queue. */
export interface Urgency {
  /**
   * 1 goes first, larger numbers later.
   * @default 10
   */
  readonly priority?: number;
  /**
   * Longest wait for its run, in seconds.
   * @default - it waits as long as it takes
   */
  readonly timeoutSeconds?: number;
}

/** One request to compute. */
export interface Inference extends Urgency {
  readonly inputs: Tensors;
  /** Rows along the batch dimension. */
  readonly rows: number;
  /** Names of the outputs that are asked for. */
  readonly outputs: readonly string[];
}

/** A request of the Open Inference Protocol, checked against the model. */
export interface InferRequest extends Inference {
  /** The caller's own name for the request, if it gave one. */
  readonly id?: string;
  /** Names of the outputs that are to be answered as bytes. */
  readonly binary: ReadonlySet<string>;
}

/**
 * How the cache served a request: its answer lay there; it was another request's run; it had to be computed; or the
 * cache was stepped over.
 */
export type CacheOutcome = "hit" | "shared" | "miss" | "skipped";

/** What a model answered to one request, whichever way it came. */
export interface Prediction {
  readonly id: string;
  readonly request: InferRequest;
  readonly outputs: Tensors;
  /** What the cache did for it; absent where the model has none. */
  readonly cache?: CacheOutcome;
}
