import type { BatchingConfig } from "../config/settings";
import { type Handler, json } from "../http/exchange";
import type { ServingState } from "../model/serving-state";
import type { Datatype, TensorSpec } from "../protocol/datatypes";

/** How a model is served, in the format of Triton's model configuration, which its clients and load generators read. */
interface ModelConfiguration {
  readonly name: string;
  readonly platform: string;
  readonly backend: string;
  readonly version_policy: object;
  /** 0 if there is no batch dimension; `dims` are then the whole shapes. */
  readonly max_batch_size: number;
  readonly input: readonly ConfiguredTensor[];
  readonly output: readonly ConfiguredTensor[];
  readonly default_model_filename: string;
  /** Only if requests are batched. */
  readonly dynamic_batching?: { readonly max_queue_delay_microseconds: number };
  /** `sha256`: that of the model, with its external data. */
  readonly parameters: Readonly<Record<"sha256", { readonly string_value: string }>>;
}

interface ConfiguredTensor {
  readonly name: string;
  readonly data_type: string;
  readonly dims: readonly number[];
}

/** The settings that are part of it. */
export type ReportedBatching = Pick<BatchingConfig, "maxBatchSize" | "maxDelaySeconds">;

export function modelConfig(state: ServingState, batching: ReportedBatching): Handler {
  return ({ parameters }) => json(200, modelConfigOf(state, batching, parameters));
}

/** @param path the model's name and, if the request names one, its version */
export function modelConfigOf(
  state: ServingState,
  { maxBatchSize, maxDelaySeconds }: ReportedBatching,
  path: readonly string[],
): ModelConfiguration {
  const found = state.find(path);
  const { signature, plan, sha256 } = found.current();
  const toTensor = ({ name, datatype, shape }: TensorSpec): ConfiguredTensor => ({
    name,
    data_type: typeOf(datatype),
    dims: plan.isBatched ? shape.slice(1) : shape,
  });
  return {
    name: found.model,
    platform: "onnxruntime_onnx",
    backend: "onnxruntime",
    version_policy: { latest: { num_versions: 1 } },
    max_batch_size: plan.isBatched ? maxBatchSize : 0,
    input: signature.inputs.map(toTensor),
    output: signature.outputs.map(toTensor),
    default_model_filename: "model.onnx",
    ...(plan.maxRows > 1 && { dynamic_batching: { max_queue_delay_microseconds: Math.round(maxDelaySeconds * 1e6) } }),
    parameters: { sha256: { string_value: sha256 } },
  };
}

function typeOf(datatype: Datatype): string {
  return datatype === "BYTES" ? "TYPE_STRING" : `TYPE_${datatype}`;
}
