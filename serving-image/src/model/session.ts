import type * as onnxruntime from "onnxruntime-node";
import {
  datatypeOf,
  runtimeTypeOf,
  type ModelSignature,
  type TensorData,
  type Tensors,
  type TensorSpec,
  type TensorValue,
} from "../protocol/datatypes";
import { reasonOf, StartUpCode, startUpError } from "../start-up-error";

/** What one run of a model gave, and how long the model itself took. */
export interface ModelRun {
  readonly outputs: Tensors;
  /** When it began, by `performance.now()`. */
  readonly startedAt: number;
  readonly seconds: number;
}

/** A loaded model: it says what it takes and gives, and computes. */
export interface ModelRunner {
  readonly signature: ModelSignature;
  /**
   * Runs the model once; rejects where it cannot compute with these values.
   * @param mayTake whether nobody needs the inputs afterwards, so that their memory may be handed to another thread
   */
  run(inputs: Tensors, outputs: readonly string[], mayTake?: boolean): Promise<ModelRun>;
  release(): Promise<void>;
}

/** A loaded model in the place where it serves. */
export interface ModelSession extends ModelRunner {
  /** Runs that may be under way at once; more would only wait for each other. */
  readonly capacity: number;
}

/** How long runs in the event loop may keep it from everything else, in seconds. */
const LOOP_TURN_SECONDS = 0.002;

/** A model that computes in the event loop: several runs in a turn of it, if they are short. */
export function inLoop(model: ModelRunner, runSeconds: number): ModelSession {
  return { ...model, capacity: Math.max(1, Math.floor(LOOP_TURN_SECONDS / runSeconds)) };
}

/** Reads the runtime's own code, which takes some time: best done before anyone waits. */
export async function preloadRuntime(): Promise<void> {
  // The published runtime tells its maker which models it runs, and keeps files for that, unless this is set before it is
  // loaded. It looks at the process's environment, of which worker threads only have a copy.
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  await import("onnxruntime-node");
}

// The runtime writes coloured lines of its own to stderr below this; what matters is in the error it throws.
const ONLY_FATAL = 4;

/** Loads an ONNX file. The runtime does this on the calling thread. */
export async function loadSession(path: string, threads: number): Promise<ModelRunner> {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(path, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: ONLY_FATAL,
  }).catch((error: unknown) => {
    const fix = "Check that the file is whole and that this version of onnxruntime knows its operators.";
    throw startUpError(
      StartUpCode.ModelNotOnnx,
      path,
      `is not an ONNX model that can be loaded: ${reasonOf(error)}.`,
      fix,
    );
  });
  const signature = {
    inputs: session.inputMetadata.map((tensor) => specOf(path, "input", tensor)),
    outputs: session.outputMetadata.map((tensor) => specOf(path, "output", tensor)),
  };
  return {
    signature,
    release: () => session.release(),
    async run(inputs, outputs) {
      const feeds: Record<string, onnxruntime.Tensor> = {};
      for (const { name } of signature.inputs) {
        const input = inputs[name];
        // The constructor is typed one datatype at a time; which one this is, is known only here.
        if (input)
          feeds[name] = new Tensor(runtimeTypeOf(input.datatype) as "float32", input.data as Float32Array, input.shape);
      }
      let startedAt = performance.now();
      // The runtime computes in an immediate of its own, which is the one right after this.
      setImmediate(() => (startedAt = performance.now()));
      const results = await session.run(feeds, outputs, { logSeverityLevel: ONLY_FATAL });
      const seconds = (performance.now() - startedAt) / 1000;
      const values: Record<string, TensorValue> = {};
      for (const name of outputs) values[name] = valueOf(name, results[name]);
      return { outputs: values, startedAt, seconds };
    },
  };
}

function specOf(path: string, kind: string, tensor: onnxruntime.InferenceSession.ValueMetadata): TensorSpec {
  const datatype = tensor.isTensor ? datatypeOf(tensor.type) : undefined;
  if (!tensor.isTensor || !datatype) {
    const what = tensor.isTensor ? `has the type ${tensor.type}` : "is not a tensor";
    throw startUpError(
      StartUpCode.ModelUnsupported,
      path,
      `its ${kind} "${tensor.name}" ${what}, which cannot be served.`,
      "Export the model with plain tensors (with skl2onnx: options={'zipmap': False}).",
    );
  }
  const shape = tensor.shape.map((dimension) => (typeof dimension === "number" ? dimension : -1));
  return { name: tensor.name, datatype, shape };
}

function valueOf(name: string, tensor: onnxruntime.Tensor | undefined): TensorValue {
  const datatype = tensor && datatypeOf(tensor.type);
  if (!tensor || !datatype) throw new Error(`The model gave no tensor "${name}".`);
  return { datatype, shape: tensor.dims, data: tensor.data as TensorData };
}
