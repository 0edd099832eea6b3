import type * as onnxruntime from "onnxruntime-node";
import type { Binding } from "onnxruntime-node/dist/binding";

/** The parts of onnxruntime-node that the server uses. */
export interface Runtime {
  /** Loads and runs on the calling thread, in the call itself. */
  readonly InferenceSession: Binding.InferenceSessionConstructor;
  readonly Tensor: typeof onnxruntime.Tensor;
}

/** Reads the runtime's own code, which takes some time: best done before anyone waits. */
export async function loadRuntime(): Promise<Runtime> {
  // The published runtime tells its maker which models it runs, and keeps files for that, unless this is set before it is
  // loaded. It looks at the process's environment, of which worker threads only have a copy.
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  const { Tensor } = await import("onnxruntime-node");
  // The public class computes on this thread as well, but in a turn of the event loop of its own, after the one that asked:
  // requests then run in smaller batches, and each costs the server a sixth more (npm run bench:serving, 16 connections).
  const { binding, initOrt } = await import("onnxruntime-node/dist/binding.js");
  initOrt();
  return { InferenceSession: binding.InferenceSession, Tensor };
}
