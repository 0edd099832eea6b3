import type { StartUpProblem } from "../../core/start-up-error";
import type { ModelSignature, TensorData, Tensors } from "../../protocol/datatypes";

/** What a worker thread is started with. */
export interface WorkerTask {
  readonly path: string;
  /** Sum that the file must have: it may have become another since the first thread has read it. */
  readonly sha256: string;
  readonly threads: number;
}

/** What a worker is asked for: one run of the model at a time, and in the end to stop. */
export type WorkerMessage = RunMessage | typeof STOP;

export const STOP = "stop";

export interface RunMessage {
  readonly inputs: Tensors;
  readonly outputs: readonly string[];
}

/** What a worker says once its model is loaded, or could not be. */
export type LoadReply =
  | { readonly kind: "loaded"; readonly signature: ModelSignature; readonly loadSeconds: number }
  | { readonly kind: "refused"; readonly problems: readonly StartUpProblem[] };

/** What a worker says after a run. */
export type RunReply =
  | {
      readonly kind: "ran";
      readonly outputs: Tensors;
      /** Milliseconds since the epoch: threads count their own time from different beginnings. */
      readonly startedAt: number;
      readonly seconds: number;
    }
  | { readonly kind: "failed"; readonly message: string };

/** The memory of tensors, to be handed to another thread instead of being copied. */
export function memoryOf(tensors: Tensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of Object.values(tensors)) {
    if (!Array.isArray(data) && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}

/** Tensors whose memory is theirs alone, so that it can be handed over. */
export function detachable(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: ownCopy(tensor.data) }]),
  );
}

function ownCopy(data: TensorData): TensorData {
  return Array.isArray(data) ? data : data.slice();
}
