import type { StartUpProblem } from "../../core/start-up-error";
import type { ModelSignature, TensorData, Tensors } from "../../protocol/datatypes";
import type { GraphFacts } from "../graph/read-graph-facts";

/** The data that a worker thread starts with. */
export interface WorkerTask {
  readonly path: string;
  /** The expected SHA-256: the file may have changed since the first thread read it. */
  readonly sha256: string;
  readonly threads: number;
  /** Whether the runtime keeps the memory of a run for the next one. */
  readonly keepsMemory: boolean;
}

/** A message to a worker: one run at a time, and finally STOP. */
export type WorkerMessage = RunMessage | typeof STOP;

export const STOP = "stop";

export interface RunMessage {
  readonly inputs: Tensors;
  readonly outputs: readonly string[];
  /** Whether the memory of the run is measured. */
  readonly measuresMemory?: boolean;
}

/** A worker's reply once its model is loaded or has failed to load. */
export type LoadReply =
  | {
      readonly kind: "loaded";
      readonly signature: ModelSignature;
      readonly graph: GraphFacts;
      readonly loadSeconds: number;
    }
  | { readonly kind: "refused"; readonly problems: readonly StartUpProblem[] };

export type LoadedReply = Extract<LoadReply, { kind: "loaded" }>;

/** A worker's reply after a run. */
export type RunReply =
  | {
      readonly kind: "ran";
      readonly outputs: Tensors;
      /** Milliseconds since the epoch, since each thread has its own `performance.timeOrigin`. */
      readonly startedAt: number;
      readonly seconds: number;
      readonly peakBytes?: number | undefined;
    }
  | { readonly kind: "failed"; readonly message: string };

/** The memory of tensors, to transfer it to another thread instead of copying it. */
export function transferListOf(tensors: Tensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of Object.values(tensors)) {
    if (!Array.isArray(data) && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}

/** Copies tensors into memory of their own, so that it can be transferred. */
export function copyForTransfer(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: ownCopy(tensor.data) }]),
  );
}

function ownCopy(data: TensorData): TensorData {
  return Array.isArray(data) ? data : data.slice();
}
