import type * as onnxruntime from "onnxruntime-node";
import type { Binding } from "onnxruntime-node/dist/binding";

/** The parts of onnxruntime-node that the server uses. */
export interface Runtime {
  /** Loads and runs synchronously on the calling thread. */
  readonly InferenceSession: Binding.InferenceSessionConstructor;
  readonly Tensor: typeof onnxruntime.Tensor;
}

/** Loads the runtime's code, which takes some time: best done before any request arrives. */
export async function loadRuntime(): Promise<Runtime> {
  // The published runtime sends telemetry about the models that it runs, and writes files for it, unless this is set before
  // it is loaded. It reads the environment of the process, of which worker threads only have a copy.
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  const { Tensor } = await import("onnxruntime-node");
  // The public class also computes on this thread, but only in the next turn of the event loop: batches are then smaller,
  // and each request costs the server a sixth more (npm run bench:serving, 16 connections).
  const { binding, initOrt } = await import("onnxruntime-node/dist/binding.js");
  initOrt();
  return { InferenceSession: binding.InferenceSession, Tensor };
}
