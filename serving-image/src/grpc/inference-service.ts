import { Metadata, type ServerUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { contract } from "../contract";
import { counted, type Records } from "../handlers/counted";
import { modelConfigOf } from "../handlers/model-config";
import { modelMetadataOf, serverMetadataOf } from "../handlers/metadata";
import { predict } from "../handlers/prediction";
import type { ModelVersion } from "../model/model-version";
import type { ServingState } from "../model/serving-state";
import { urgencyOf } from "./call-urgency";
import { readInferMessage, writeInferReply } from "./infer-message";
import type { Empty, InferMessage, InferReply, ModelRequest } from "./messages";
import type { UnaryCalls } from "./unary";

/** What the service needs besides the model. */
export interface InferenceParts extends Records {
  readonly state: ServingState;
  readonly maxBatchSize: number;
}

/** The methods of `inference.GRPCInferenceService`. */
export function inferenceService(parts: InferenceParts, calls: UnaryCalls): UntypedServiceImplementation {
  const { state } = parts;
  return {
    ServerLive: calls.answer((_request: Empty) => ({ live: true })),
    ServerReady: calls.answer((_request: Empty) => ({ ready: state.notReadyBecause === undefined })),
    ModelReady: calls.answer(({ name, version }: ModelRequest) => {
      const found = state.find(pathOf(name, version));
      return { ready: state.notReadyBecauseOf(found) === undefined };
    }),
    ServerMetadata: calls.answer((_request: Empty) => serverMetadataOf()),
    ModelMetadata: calls.answer(({ name, version }: ModelRequest) => modelMetadataOf(state, pathOf(name, version))),
    ModelConfig: calls.answer(({ name, version }: ModelRequest) => ({
      config: modelConfigOf(state, parts.maxBatchSize, pathOf(name, version)),
    })),
    ModelInfer: calls.answer((request: InferMessage, call: ServerUnaryCall<InferMessage, InferReply>) => {
      const version = state.find(pathOf(request.model_name, request.model_version));
      const recorded = { url: call.getPath(), startedAt: performance.now(), isGone: () => call.cancelled };
      return counted(parts, version.metrics, recorded, () => infer(version, request, call));
    }),
  };
}

async function infer(
  version: ModelVersion,
  request: InferMessage,
  call: ServerUnaryCall<InferMessage, InferReply>,
): Promise<InferReply> {
  const model = version.current();
  const urgency = urgencyOf(request.parameters, call.getDeadline());
  const prediction = await predict(model, version.version, { ...readInferMessage(request), urgency });
  const metadata = new Metadata();
  metadata.set(contract.headers.predictionId, prediction.id);
  call.sendMetadata(metadata);
  return writeInferReply(version.model, version.version, prediction);
}

/** An empty version stands for none, for proto3 does not tell the two apart. */
function pathOf(name: string, version: string): readonly string[] {
  return version === "" ? [name] : [name, version];
}
