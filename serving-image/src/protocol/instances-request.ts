import { badRequest } from "../core/http-error";
import type { ModelSignature, TensorSpec } from "./datatypes";
import type { InferDraft, InputDraft } from "./inference";
import { isObject, parseWithLargeIntegers } from "./json";
import { readData } from "./read-data";

/**
 * Reads `{"instances": […]}`, the format of KServe's V1 protocol and of TensorFlow Serving's row format. An instance is a row
 * of the only input, or an object with a row of each. For a model without a batch dimension it is the whole input.
 */
export function readInstances(body: unknown, text: string, { inputs }: ModelSignature): InferDraft {
  const instances = instancesOf(body);
  const hasRows = hasOpenBatchDimension(inputs);
  if (!hasRows && instances.length > 1) {
    throw badRequest(`instances has ${instances.length} entries, but the model accepts one at a time.`);
  }
  const exact = (): readonly unknown[] => instancesOf(parseWithLargeIntegers(text));
  return {
    inputs: inputs.map((spec) => readInput(spec, inputs, instances, exact, hasRows)),
    outputs: [],
    isBinary: false,
  };
}

/** Whether the first dimension of every tensor is dynamic, so that it can be a batch dimension. */
export function hasOpenBatchDimension(tensors: readonly TensorSpec[]): boolean {
  return tensors.every(({ shape }) => shape[0] === -1);
}

function instancesOf(body: unknown): readonly unknown[] {
  const instances = isObject(body) ? body["instances"] : undefined;
  if (Array.isArray(instances) && instances.length > 0) return instances;
  throw badRequest('The body is not {"instances": […]} with at least one entry.');
}

function readInput(
  spec: TensorSpec,
  all: readonly TensorSpec[],
  instances: readonly unknown[],
  exact: () => readonly unknown[],
  hasRows: boolean,
): InputDraft {
  const { name, datatype } = spec;
  const valuesOf = (list: readonly unknown[]): unknown => {
    const values = list.map((instance, i) => valueOf(name, all, instance, i));
    return hasRows ? values : asList(values[0]);
  };
  const data = valuesOf(instances);
  return {
    name,
    datatype,
    shape: shapeOf(spec, data, hasRows),
    read: (_spec, shape, size) => readData(name, datatype, shape, size, { data, exactData: () => valuesOf(exact()) }),
  };
}

function valueOf(name: string, all: readonly TensorSpec[], instance: unknown, i: number): unknown {
  if (!isObject(instance)) {
    if (all.length === 1) return instance;
    throw badRequest(`instances[${i}] is not an object with "${all.map((spec) => spec.name).join('", "')}".`);
  }
  const unknown = Object.keys(instance).find((key) => !all.some((spec) => spec.name === key));
  if (unknown !== undefined) throw badRequest(`instances[${i}]: "${unknown}" is not an input of the model.`);
  if (Object.hasOwn(instance, name)) return instance[name];
  throw badRequest(`instances[${i}]: input "${name}" is missing.`);
}

/** A model without a batch dimension may expect a single number. */
function asList(value: unknown): unknown {
  return Array.isArray(value) ? value : [value];
}

/** The lengths of the nested arrays. A row of one element may be given without its array. */
function shapeOf({ shape: expected }: TensorSpec, data: unknown, hasRows: boolean): readonly number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  const isBare = hasRows && shape.length === 1 && expected.slice(1).every((size) => size === 1 || size === -1);
  return isBare ? [...shape, ...expected.slice(1).map(() => 1)] : shape;
}
