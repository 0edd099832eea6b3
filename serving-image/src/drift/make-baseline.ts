import type { TensorValue } from "../protocol/datatypes";
import { isObject } from "../protocol/json";
import { Bins, labelsOf } from "./bins";
import { figuresOf } from "./figure";
import type { Baseline, BinRule, Feature } from "./settings";

/** Of wider rows the mean and the deviation are looked at: a bin for each dot of a picture says nothing. */
const WIDEST = 256;
/** More different values than these are sorted by edges, if they are numbers. */
const MOST_VALUES = 50;

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
 * A baseline from recorded requests, in the form of a rehearsal's samples.
 * @param version whose recorded answers are the expected predictions; without one predictions are not looked at
 */
export function makeBaseline(content: unknown, binsWanted: number, version?: string): Baseline {
  if (!isSamples(content)) throw new Error("it is no file of samples: there are no model, inputs, outputs and samples");
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
        binsWanted,
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
  binsWanted: number,
): Feature[] {
  const width = shape.slice(1).reduce((product, dimension) => product * dimension, 1);
  const isNumeric = datatype !== "BYTES" && datatype !== "BOOL";
  if (width > WIDEST && !isNumeric) return [];
  const places: readonly Feature["of"][] =
    width > WIDEST ? ["mean", "deviation"] : Array.from({ length: width }, (_, i) => i);
  return places.map((of) => {
    const figures = values.flatMap((value) => figuresOf(value, of));
    const rule = ruleFor(figures, datatype, binsWanted);
    const label = typeof of === "number" ? (width === 1 ? name : `${name}[${of}]`) : `${name}.${of}`;
    return { name: label, tensor: name, of, ...rule, shares: sharesOf(figures, rule) };
  });
}

function ruleFor(figures: readonly unknown[], datatype: string, binsWanted: number): BinRule {
  const different = [...new Set(figures.map(String))];
  const isFraction = datatype.startsWith("FP");
  const isNumeric = datatype !== "BYTES" && datatype !== "BOOL";
  if (!isNumeric || (!isFraction && different.length <= MOST_VALUES)) {
    return {
      values: (isNumeric ? different.map(Number).sort((a, b) => a - b) : different.sort()).slice(0, MOST_VALUES),
    };
  }
  const sorted = figures
    .map(Number)
    .filter((figure) => !Number.isNaN(figure))
    .sort((a, b) => a - b);
  const quantiles = Array.from(
    { length: binsWanted - 1 },
    (_, i) => sorted[Math.ceil((sorted.length * (i + 1)) / binsWanted) - 1],
  );
  return { edges: [...new Set(quantiles.filter((edge) => edge !== undefined))] };
}

function sharesOf(figures: readonly unknown[], rule: BinRule): number[] {
  const bins = new Bins(rule);
  for (const figure of figures) bins.add(figure);
  return labelsOf(rule).map((_, i) => Math.round(((bins.counts[i] ?? 0) / figures.length) * 1e6) / 1e6);
}
