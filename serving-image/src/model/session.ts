import type * as onnxruntime from "onnxruntime-node";
import type { Binding } from "onnxruntime-node/dist/binding";
import { reasonOf, StartUpCode, startUpError } from "../core/start-up-error";
import {
  datatypeOf,
  datatypeOfElement,
  type ModelSignature,
  runtimeTypeOf,
  type TensorData,
  type Tensors,
  type TensorSpec,
  type TensorValue,
} from "../protocol/datatypes";
import { loadRuntime, type Runtime } from "./runtime";

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
  /** Why it cannot compute for now; undefined while it can. */
  readonly unavailableBecause?: string | undefined;
}

/** How long runs in the event loop may keep it from everything else, in seconds. */
const LOOP_TURN_SECONDS = 0.002;

/** A model that computes in the event loop: several runs in a turn of it, if they are short. */
export function inLoop(model: ModelRunner, runSeconds: number): ModelSession {
  return { ...model, capacity: Math.max(1, Math.floor(LOOP_TURN_SECONDS / runSeconds)) };
}

// The runtime writes coloured lines of its own to stderr below this; what matters is in the error it throws.
const ONLY_FATAL = 4;
const RUN_OPTIONS = { logSeverityLevel: ONLY_FATAL } as const;

/** Loads an ONNX file. The runtime does this on the calling thread, and there it runs the model too. */
export async function loadSession(path: string, threads: number): Promise<ModelRunner> {
  const runtime = await loadRuntime();
  const session = openSession(runtime, path, threads);
  const signature = {
    inputs: session.inputMetadata.map((tensor) => specOf(path, "input", tensor)),
    outputs: session.outputMetadata.map((tensor) => specOf(path, "output", tensor)),
  };
  return {
    signature,
    release: async () => session.dispose(),
    async run(inputs, outputs) {
      const feeds: Record<string, onnxruntime.Tensor> = {};
      for (const { name } of signature.inputs) {
        const input = inputs[name];
        if (input) feeds[name] = toRuntime(runtime, input);
      }
      const fetches = Object.fromEntries(outputs.map((name) => [name, null]));
      const startedAt = performance.now();
      const results = session.run(feeds, fetches, RUN_OPTIONS);
      const seconds = (performance.now() - startedAt) / 1000;
      const values: Record<string, TensorValue> = {};
      for (const name of outputs) values[name] = fromRuntime(name, results[name]);
      return { outputs: values, startedAt, seconds };
    },
  };
}

function openSession({ InferenceSession }: Runtime, path: string, threads: number): Binding.InferenceSession {
  const session = new InferenceSession();
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: ONLY_FATAL } as const;
  try {
    session.loadModel(path, options);
    return session;
  } catch (error) {
    const message = `is not an ONNX model that can be loaded: ${reasonOf(error)}.`;
    const fix = "Check that the file is whole and that this version of onnxruntime knows its operators.";
    throw startUpError(StartUpCode.ModelNotOnnx, path, message, fix);
  }
}

function specOf(path: string, kind: string, tensor: Binding.ValueMetadata): TensorSpec {
  const datatype = tensor.isTensor ? datatypeOfElement(tensor.type) : undefined;
  if (!datatype) {
    const what = tensor.isTensor ? `has elements of the type ${tensor.type} (TensorProto.DataType)` : "is not a tensor";
    throw startUpError(
      StartUpCode.ModelUnsupported,
      path,
      `its ${kind} "${tensor.name}" ${what}, which cannot be served.`,
      "Export the model with plain tensors (with skl2onnx: options={'zipmap': False}).",
    );
  }
  return { name: tensor.name, datatype, shape: tensor.shape };
}

function toRuntime({ Tensor }: Runtime, { datatype, shape, data }: TensorValue): onnxruntime.Tensor {
  // The constructor is typed one datatype at a time; which one this is, is known only here.
  return new Tensor(runtimeTypeOf(datatype) as "float32", data as Float32Array, shape);
}

function fromRuntime(name: string, tensor: onnxruntime.OnnxValue | undefined): TensorValue {
  const datatype = tensor && datatypeOf(tensor.type);
  if (!tensor || !datatype) throw new Error(`The model gave no tensor "${name}".`);
  return { datatype, shape: tensor.dims, data: tensor.data as TensorData };
}
