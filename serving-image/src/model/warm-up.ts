import type { ModelConfig } from "../config/settings";
import { reasonOf, StartUpCode, startUpError } from "../core/start-up-error";
import { allocate, sizeOf, type Tensors, type TensorSpec, type TensorValue } from "../protocol/datatypes";
import type { ModelRunner } from "./session";

/** What a sample should look like, as far as it is made up. */
interface SampleVariant {
  /** The size of each open dimension but the first one. */
  readonly length?: number;
  /** Multiplies floating-point values. */
  readonly scale?: number;
}

/** Makes one row of each input of a model. The seed determines the values; 0 makes zeros. */
export type SampleInputs = (seed: number, variant?: SampleVariant) => Tensors;

/** Sizes to try for a dynamic dimension: a sequence may have one element, an image may not. */
const SIZES_TRIED = [1, 8, 32, 224];

/** Runs the model once with inputs made from its metadata, so that no user waits for one-time initialization. */
export async function warmUp(session: ModelRunner, model: ModelConfig): Promise<SampleInputs> {
  const { inputs, outputs } = session.signature;
  const names = outputs.map(({ name }) => name);
  const isOpen = inputs.some(({ shape }) => shape.slice(1).includes(-1));
  let reason = "";
  for (const size of isOpen ? SIZES_TRIED : SIZES_TRIED.slice(0, 1)) {
    const sample: SampleInputs = (seed, { length = size, scale = 1 } = {}) =>
      Object.fromEntries(inputs.map((spec) => [spec.name, sampleTensor(spec, model, length, seed, scale)]));
    try {
      await session.run(sample(0), names);
      return sample;
    } catch (error) {
      reason = reasonOf(error);
    }
  }
  throw startUpError(
    StartUpCode.WarmUpFailed,
    model.uri,
    `the model was loaded, but cannot compute: ${reason}.`,
    isOpen ? "Set model.warmUpShapes to shapes that it accepts." : "Check the model; no request could be answered.",
  );
}

function sampleTensor(spec: TensorSpec, model: ModelConfig, size: number, seed: number, scale: number): TensorValue {
  const given = model.warmUpShapes?.[spec.name];
  const shape = given ?? spec.shape.map((dimension, i) => (dimension === -1 ? (i === 0 ? 1 : size) : dimension));
  const data = allocate(spec.datatype, sizeOf(shape));
  if (seed !== 0) for (let i = 0; i < data.length; i++) data[i] = sampleElement(data[i], spec, mix(seed, i), scale);
  return { datatype: spec.datatype, shape, data };
}

/** Floats vary widely; integers stay 0 or 1, since they are often indices into a table. */
function sampleElement(old: unknown, { datatype }: TensorSpec, noise: number, scale: number): never {
  const value = datatype.startsWith("FP") ? (noise * 8 - 4) * scale : Math.round(noise);
  const element = typeof old === "bigint" ? BigInt(value) : typeof old === "string" ? String(value) : value;
  return element as never;
}

/** A pseudorandom number from 0 to 1 that is the same at every start. */
function mix(seed: number, i: number): number {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(i + 1, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}
