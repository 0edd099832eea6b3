import { readFileSync } from "node:fs";
import type * as onnxruntime from "onnxruntime-node";
import type { Binding } from "onnxruntime-node/dist/binding";
import { emptyRecord } from "../core/empty-record";
import { reasonOf, StartUpCode, startUpError } from "../core/start-up-error";
import {
  ALIGNMENT_BYTES,
  datatypeOf,
  datatypeOfElement,
  type ModelSignature,
  runtimeTypeOf,
  type TensorData,
  type Tensors,
  type TensorSpec,
  type TensorValue,
} from "../protocol/datatypes";
import { elementTypeName } from "../protocol/element-types";
import type { OnnxModel } from "./graph/onnx-model";
import { readOnnxFile } from "./graph/read-onnx";
import { convertedOutputsOf, withTensorOutputs } from "./graph/tensor-outputs";
import { MalformedModelError } from "./graph/wire-reader";
import { loadRuntime, type Runtime } from "./onnx-runtime";

/** The outputs of one run of a model, and how long the model itself took. */
export interface ModelRun {
  readonly outputs: Tensors;
  /** When the run started, by `performance.now()`. */
  readonly startedAt: number;
  readonly seconds: number;
  /** Memory that it needed at its peak, if that was measured. */
  readonly peakBytes?: number | undefined;
}

/** A loaded model. */
export interface ModelRunner {
  readonly signature: ModelSignature;
  /**
   * Runs the model once; rejects if it cannot compute with these values.
   * @param canTransfer whether the inputs are not needed afterwards, so that their memory may be transferred to a worker
   */
  run(inputs: Tensors, outputs: readonly string[], canTransfer?: boolean): Promise<ModelRun>;
  release(): Promise<void>;
}

/** A loaded model on the event loop or in workers. */
export interface ModelSession extends ModelRunner {
  /** Useful number of concurrent runs; more would only wait for each other. */
  readonly capacity: number;
  /** Why it cannot compute at the moment; undefined while it can. */
  readonly unavailableReason?: string | undefined;
}

// At a lower level the runtime writes its own colored lines to stderr; what matters is in the error that it throws.
const ONLY_FATAL = 4;
const RUN_OPTIONS = { logSeverityLevel: ONLY_FATAL } as const;

/** How a model is loaded. */
export interface SessionOptions {
  /** Threads that one run may use. */
  readonly threads: number;
  /** Whether the runtime keeps the memory of a run for the next one, which makes small runs faster. */
  readonly keepsMemory: boolean;
}

/** Loads an ONNX file. The runtime loads and runs the model on the calling thread. */
export async function loadSession(path: string, { threads, keepsMemory }: SessionOptions): Promise<ModelRunner> {
  const runtime = await loadRuntime();
  const { session, labels } = openServable(runtime, path, { threads, keepsMemory });
  const outputs = session.outputMetadata.map((tensor) => specOf(path, "output", tensor));
  const signature = {
    inputs: session.inputMetadata.map((tensor) => specOf(path, "input", tensor)),
    outputs: outputs.map((spec) => ({ ...spec, ...parametersOf(labels.get(spec.name)) })),
  };
  return {
    signature,
    release: async () => session.dispose(),
    async run(inputs, outputs) {
      const feeds = emptyRecord<onnxruntime.Tensor>();
      for (const { name } of signature.inputs) {
        const input = inputs[name];
        if (input) feeds[name] = toRuntime(runtime, input);
      }
      // The runtime also finds inherited members, such as `constructor`.
      const fetches = emptyRecord<null>();
      for (const name of outputs) fetches[name] = null;
      const startedAt = performance.now();
      const results = session.run(feeds, fetches, RUN_OPTIONS);
      const seconds = (performance.now() - startedAt) / 1000;
      const values = emptyRecord<TensorValue>();
      for (const name of outputs) values[name] = fromRuntime(name, results[name]);
      return { outputs: values, startedAt, seconds };
    },
  };
}

interface OpenedSession {
  readonly session: Binding.InferenceSession;
  /** The classes of outputs that are maps in the file. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** A model with an output that is not a tensor is opened again with one that is, if there is a natural one. */
function openServable(runtime: Runtime, path: string, options: SessionOptions): OpenedSession {
  const session = openSession(runtime, path, options);
  const converted = session.outputMetadata.every(({ isTensor }) => isTensor) ? undefined : convert(path);
  if (!converted) return { session, labels: new Map() };
  session.dispose();
  return { session: openSession(runtime, path, options, converted.bytes), labels: converted.labels };
}

function openSession(
  { InferenceSession }: Runtime,
  path: string,
  { threads, keepsMemory }: SessionOptions,
  bytes?: Buffer<ArrayBuffer>,
): Binding.InferenceSession {
  const session = new InferenceSession();
  const options = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: keepsMemory,
    logSeverityLevel: ONLY_FATAL,
  } as const;
  try {
    if (bytes) session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, options);
    else session.loadModel(path, options);
    return session;
  } catch (error) {
    const [, locale] = MISSING_LOCALE.exec(reasonOf(error)) ?? [];
    if (locale !== undefined) throw missingLocale(path, locale);
    const message = `is not an ONNX model that can be loaded: ${reasonOf(error)}.`;
    const fix = "Check that the file is complete and that this version of onnxruntime supports its operators.";
    throw startUpError(StartUpCode.ModelNotOnnx, path, message, fix);
  }
}

/** A model with other outputs, and the classes of those. */
interface Converted {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** The model with tensors as outputs; undefined if there is no natural one, or if other files belong to the model. */
function convert(path: string): Converted | undefined {
  const model = readIfWellFormed(path);
  if (!model || model.externalTensors.length > 0) return undefined;
  const outputs = convertedOutputsOf(model);
  if (outputs.length === 0) return undefined;
  const labels = new Map(outputs.flatMap(({ name, labels }) => (labels ? [[name, labels]] : [])));
  return { bytes: Buffer.from(withTensorOutputs(readFileSync(path), model)), labels };
}

function readIfWellFormed(path: string): OnnxModel | undefined {
  try {
    return readOnnxFile(path);
  } catch (error) {
    if (error instanceof MalformedModelError) return undefined;
    throw error;
  }
}

function parametersOf(labels: readonly string[] | undefined): Pick<TensorSpec, "parameters"> {
  return labels ? { parameters: { labels } } : {};
}

/** How the runtime reports that a text model, such as TF-IDF, cannot change the case of letters. */
const MISSING_LOCALE = /Failed to construct locale with name: ?([^:]+)/;

function missingLocale(path: string, locale: string): Error {
  const message = `needs the locale ${locale}, which is not installed on this machine.`;
  const fix = `Install it (on Debian the package locales, then "localedef -i ${locale.split(".")[0]} -f UTF-8 ${locale}"), or export the model with the locale en_US.UTF-8, which the serving image has.`;
  return startUpError(StartUpCode.ModelNotOnnx, path, message, fix);
}

function specOf(path: string, kind: string, tensor: Binding.ValueMetadata): TensorSpec {
  const datatype = tensor.isTensor ? datatypeOfElement(tensor.type) : undefined;
  if (!datatype) {
    const what = tensor.isTensor ? `is ${elementTypeName(tensor.type)}` : "is not a tensor";
    throw startUpError(
      StartUpCode.ModelUnsupported,
      path,
      `its ${kind} "${tensor.name}" ${what}, which onnxruntime-node cannot exchange with a model.`,
      tensor.isTensor
        ? `Cast it to or from another type in the model, such as FLOAT; the model can use ${elementTypeName(tensor.type)} internally.`
        : "Export the model with plain tensors: convert a sequence with ConcatFromSequence, and a map to its values.",
    );
  }
  return { name: tensor.name, datatype, shape: tensor.shape };
}

function toRuntime({ Tensor }: Runtime, { datatype, shape, data }: TensorValue): onnxruntime.Tensor {
  // The constructor has one overload for each datatype, but the datatype is only known at run time.
  return new Tensor(runtimeTypeOf(datatype) as "float32", aligned(data) as Float32Array, shape);
}

/** A part of a larger buffer may start at any address, on which the last bit of a result may depend. */
function aligned(data: TensorData): TensorData {
  return Array.isArray(data) || data.byteOffset % ALIGNMENT_BYTES === 0 ? data : data.slice();
}

function fromRuntime(name: string, tensor: onnxruntime.OnnxValue | undefined): TensorValue {
  const datatype = tensor && datatypeOf(tensor.type);
  if (!tensor || !datatype) throw new Error(`The model returned no tensor "${name}".`);
  return { datatype, shape: tensor.dims, data: tensor.data as TensorData };
}
