import type { TensorValue } from "../protocol/datatypes";
import { isObject } from "../protocol/json";
import { Bins, labelsOf } from "./bins";
import { featureValuesOf } from "./feature-values";
import type { Baseline, BinRule, Feature } from "./settings";

/** For wider rows, only the mean and the deviation are measured: bins for each pixel of an image are useless. */
const MAX_ELEMENTS_PER_ROW = 256;
/** Numbers with more distinct values than this are binned by edges. */
const MAX_VALUES = 50;

interface Tensor {
  readonly name: string;
  readonly datatype: TensorValue["datatype"];
  readonly shape: readonly number[];
}

interface Sample {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly expected?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Samples {
  readonly model: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly samples: readonly Sample[];
}

/**
 * Makes a baseline from recorded requests, in the format of a rehearsal's samples.
 * @param version the version whose recorded answers are the expected predictions; without one, predictions are not measured
 */
export function makeBaseline(content: unknown, binCount: number, version?: string): Baseline {
  if (!isSamples(content))
    throw new Error("it is not a valid file of samples: it needs model, inputs, outputs and samples");
  const { model, inputs, outputs, samples } = content;
  const answers = samples
    .map(({ expected }) => (version === undefined ? undefined : expected?.[version]))
    .filter((answer) => answer !== undefined);
  if (version !== undefined && answers.length === 0) throw new Error(`no sample has an answer of version ${version}`);
  const featuresOf = (tensors: readonly Tensor[], records: readonly Readonly<Record<string, unknown>>[]) =>
    tensors.flatMap((tensor) =>
      featuresOfTensor(
        tensor,
        records.map((record) => valueOf(tensor, record)),
        binCount,
      ),
    );
  return {
    model,
    features: featuresOf(
      inputs,
      samples.map((sample) => sample.inputs),
    ),
    predictions: answers.length === 0 ? [] : featuresOf(outputs, answers),
  };
}

function isSamples(value: unknown): value is Samples {
  return (
    isObject(value) &&
    typeof value.model === "string" &&
    [value.inputs, value.outputs, value.samples].every(Array.isArray) &&
    (value.samples as unknown[]).length > 0
  );
}

function valueOf({ name, datatype, shape }: Tensor, record: Readonly<Record<string, unknown>>): TensorValue {
  const data = record[name];
  if (!Array.isArray(data)) throw new Error(`a sample has no "${name}"`);
  return { datatype, shape, data: data as string[] };
}

function featuresOfTensor(
  { name, datatype, shape }: Tensor,
  values: readonly TensorValue[],
  binCount: number,
): Feature[] {
  const width = shape.slice(1).reduce((product, dimension) => product * dimension, 1);
  const isNumeric = datatype !== "BYTES" && datatype !== "BOOL";
  if (width > MAX_ELEMENTS_PER_ROW && !isNumeric) return [];
  const elements: readonly Feature["of"][] =
    width > MAX_ELEMENTS_PER_ROW ? ["mean", "deviation"] : Array.from({ length: width }, (_, i) => i);
  return elements.map((of) => {
    const found = values.flatMap((value) => featureValuesOf(value, of));
    const rule = ruleFor(found, datatype, binCount);
    const label = typeof of === "number" ? (width === 1 ? name : `${name}[${of}]`) : `${name}.${of}`;
    return { name: label, tensor: name, of, ...rule, shares: sharesOf(found, rule) };
  });
}

function ruleFor(values: readonly unknown[], datatype: string, binCount: number): BinRule {
  const distinct = [...new Set(values.map(String))];
  const isFloat = datatype.startsWith("FP");
  const isNumeric = datatype !== "BYTES" && datatype !== "BOOL";
  if (!isNumeric || (!isFloat && distinct.length <= MAX_VALUES)) {
    return {
      values: (isNumeric ? distinct.map(Number).sort((a, b) => a - b) : distinct.sort()).slice(0, MAX_VALUES),
    };
  }
  const sorted = values
    .map(Number)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const quantiles = Array.from(
    { length: binCount - 1 },
    (_, i) => sorted[Math.ceil((sorted.length * (i + 1)) / binCount) - 1],
  );
  return { edges: [...new Set(quantiles.filter((edge) => edge !== undefined))] };
}

function sharesOf(values: readonly unknown[], rule: BinRule): number[] {
  const bins = new Bins(rule);
  for (const value of values) bins.add(value);
  return labelsOf(rule).map((_, i) => Math.round(((bins.counts[i] ?? 0) / values.length) * 1e6) / 1e6);
}
