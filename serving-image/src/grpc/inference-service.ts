import { Metadata, type ServerUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { attempt, toPromise } from "../core/callback";
import { contract } from "../core/contract";
import type { UnsentResponses } from "../core/unsent-responses";
import { modelMetadataOf, serverMetadataOf } from "../handlers/metadata";
import { modelConfigOf, type ReportedBatching } from "../handlers/model-config";
import { predict } from "../model/served-model";
import { instrument, type InstrumentOptions, recordPrediction, type RequestRecord } from "../observability/instrument";
import type { InferDraft } from "../protocol/inference";
import { schedulingHintsOf } from "./call-hints";
import { readInferMessage, writeInferReply } from "./infer-message";
import type { InferCall, InferStreams } from "./infer-streams";
import { bytesOfReply, type Empty, type InferMessage, type InferReply, type ModelRequest } from "./messages";
import { repositoryMethods, type RepositoryMethodsOptions } from "./repository-methods";
import type { UnaryCalls } from "./unary";

export interface InferenceServiceOptions extends InstrumentOptions, RepositoryMethodsOptions {
  readonly batching: ReportedBatching;
  readonly unsent: UnsentResponses;
}

/** The methods of `inference.GRPCInferenceService`. */
export function inferenceService(
  options: InferenceServiceOptions,
  calls: UnaryCalls,
  streams: InferStreams,
): UntypedServiceImplementation {
  const { state } = options;
  return {
    ServerLive: calls.answer((_request: Empty) => ({ live: true })),
    ServerReady: calls.answer((_request: Empty) => ({ ready: state.notReadyReason === undefined })),
    ModelReady: calls.answer(({ name, version }: ModelRequest) => {
      const found = state.find(pathOf(name, version));
      return { ready: state.notReadyReasonOf(found) === undefined };
    }),
    ServerMetadata: calls.answer((_request: Empty) => serverMetadataOf()),
    ModelMetadata: calls.answer(({ name, version }: ModelRequest) => modelMetadataOf(state, pathOf(name, version))),
    ModelConfig: calls.answer(({ name, version }: ModelRequest) => ({
      config: modelConfigOf(state, options.batching, pathOf(name, version)),
    })),
    ...repositoryMethods(options, calls),
    ModelInfer: calls.answer(async (request: InferMessage, call: ServerUnaryCall<InferMessage, InferReply>) => {
      const reply = await infer(options, request, call);
      const metadata = new Metadata();
      metadata.set(contract.headers.predictionId, reply.parameters.prediction_id.string_param);
      if (reply.parameters.cache) metadata.set(contract.headers.cache, reply.parameters.cache.string_param);
      call.sendMetadata(metadata);
      return reply;
    }),
    ModelStreamInfer: (call: InferCall) => streams.serve(call, (request) => infer(options, request, call)),
  };
}

async function infer(
  options: InferenceServiceOptions,
  request: InferMessage,
  call: Pick<
    ServerUnaryCall<InferMessage, InferReply>,
    "cancelled" | "getDeadline" | "getHost" | "getPath" | "getPeer" | "metadata"
  >,
): Promise<InferReply> {
  const version = options.state.find(pathOf(request.model_name, request.model_version));
  const record: RequestRecord = {
    url: call.getPath(),
    startedAt: performance.now(),
    isGone: () => call.cancelled,
    header: (name) => (name === "host" ? call.getHost() : call.metadata.get(name)[0]?.toString()),
  };
  return toPromise((callback) => {
    const instrumented = instrument(options, version.metrics, record, callback);
    attempt(instrumented, () => {
      const model = version.current();
      const hints = schedulingHintsOf(request.parameters, call.getDeadline());
      const draft: InferDraft = { ...readInferMessage(request), hints };
      const encoding = recordPrediction(record, instrumented, (prediction) => {
        model.checkPrediction?.(prediction);
        const reply = writeInferReply(version.model, version.version, prediction);
        options.unsent.makeRoom(call.getPeer(), bytesOfReply(reply));
        return reply;
      });
      predict(model, draft, record, encoding);
    });
  });
}

/** An empty version stands for no version: proto3 cannot distinguish the two. */
function pathOf(name: string, version: string): readonly string[] {
  return version === "" ? [name] : [name, version];
}
