import { Metadata, type ServerUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { contract } from "../core/contract";
import { attempt, promised } from "../core/reply";
import { modelMetadataOf, serverMetadataOf } from "../handlers/metadata";
import { modelConfigOf, type ShownBatching } from "../handlers/model-config";
import { predict } from "../model/served-model";
import { counted, type Recorded, type Records, written } from "../observability/instrument";
import { urgencyOf } from "./call-urgency";
import { readInferMessage, writeInferReply } from "./infer-message";
import type { InferCall, InferStreams } from "./infer-streams";
import type { Empty, InferMessage, InferReply, ModelRequest } from "./messages";
import { repositoryMethods, type RepositoryParts } from "./repository-methods";
import type { UnaryCalls } from "./unary";

/** What the service needs. */
export interface InferenceParts extends Records, RepositoryParts {
  readonly batching: ShownBatching;
}

/** The methods of `inference.GRPCInferenceService`. */
export function inferenceService(
  parts: InferenceParts,
  calls: UnaryCalls,
  streams: InferStreams,
): UntypedServiceImplementation {
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
      config: modelConfigOf(state, parts.batching, pathOf(name, version)),
    })),
    ...repositoryMethods(parts, calls),
    ModelInfer: calls.answer(async (request: InferMessage, call: ServerUnaryCall<InferMessage, InferReply>) => {
      const reply = await infer(parts, request, call);
      const metadata = new Metadata();
      metadata.set(contract.headers.predictionId, reply.parameters.prediction_id.string_param);
      if (reply.parameters.cache) metadata.set(contract.headers.cache, reply.parameters.cache.string_param);
      call.sendMetadata(metadata);
      return reply;
    }),
    ModelStreamInfer: (call: InferCall) => streams.serve(call, (request) => infer(parts, request, call)),
  };
}

async function infer(
  parts: InferenceParts,
  request: InferMessage,
  call: Pick<
    ServerUnaryCall<InferMessage, InferReply>,
    "cancelled" | "getDeadline" | "getHost" | "getPath" | "metadata"
  >,
): Promise<InferReply> {
  const version = parts.state.find(pathOf(request.model_name, request.model_version));
  const recorded: Recorded = {
    url: call.getPath(),
    startedAt: performance.now(),
    isGone: () => call.cancelled,
    header: (name) => (name === "host" ? call.getHost() : call.metadata.get(name)[0]?.toString()),
  };
  return promised((reply) => {
    const counting = counted(parts, version.metrics, recorded, reply);
    attempt(counting, () => {
      const urgency = urgencyOf(request.parameters, call.getDeadline());
      const draft = { ...readInferMessage(request), urgency };
      const answering = written(recorded, counting, (prediction) =>
        writeInferReply(version.model, version.version, prediction),
      );
      predict(version.current(), draft, recorded, answering);
    });
  });
}

/** An empty version stands for none, for proto3 does not tell the two apart. */
function pathOf(name: string, version: string): readonly string[] {
  return version === "" ? [name] : [name, version];
}
