import { serverVersion } from "../contract";
import { json, type Handler } from "../http/exchange";
import type { ServingState } from "../model/serving-state";

export const serverMetadata: Handler = () =>
  json(200, { name: "slipway-serving", version: serverVersion, extensions: ["binary_tensor_data", "model_feedback"] });

export function modelMetadata(state: ServingState): Handler {
  return ({ parameters }) => {
    state.check(parameters);
    const { inputs, outputs } = state.current().signature;
    return json(200, { name: state.model, versions: [state.version], platform: "onnxruntime_onnx", inputs, outputs });
  };
}
