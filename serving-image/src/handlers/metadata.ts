import { serverVersion } from "../core/contract";
import { type Handler, json } from "../http/exchange";
import type { ServingState } from "../model/serving-state";
import type { TensorSpec } from "../protocol/datatypes";

/** The server's metadata, over HTTP and gRPC. */
interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** The inputs and outputs of a model. */
interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

export const serverMetadata: Handler = () => json(200, serverMetadataOf());

export function modelMetadata(state: ServingState): Handler {
  return ({ parameters }) => json(200, modelMetadataOf(state, parameters));
}

export function serverMetadataOf(): ServerMetadata {
  return {
    name: "slipway-serving",
    version: serverVersion,
    extensions: ["binary_tensor_data", "model_configuration", "model_feedback", "model_repository", "statistics"],
  };
}

/** @param path the model's name and, if the request names one, its version */
export function modelMetadataOf(state: ServingState, path: readonly string[]): ModelMetadata {
  const found = state.find(path);
  const { inputs, outputs } = found.current().signature;
  const versions = state.versionsOf(found.model).map(({ version }) => version);
  return { name: found.model, versions, platform: "onnxruntime_onnx", inputs, outputs };
}
