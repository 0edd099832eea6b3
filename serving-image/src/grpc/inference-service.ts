import { Metadata, type ServerUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { attempt, type Callback, toPromise } from "../core/callback";
import { contract } from "../core/contract";
import type { UnsentResponses } from "../core/unsent-responses";
import { modelMetadataOf, serverMetadataOf } from "../handlers/metadata";
import { modelConfigOf, type ReportedBatching } from "../handlers/model-config";
import { predict } from "../model/served-model";
import { instrument, type InstrumentOptions, recordPrediction, type RequestRecord } from "../observability/instrument";
import type { InferDraft } from "../protocol/inference";
import { type CallContext, contextOf } from "./call-context";
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
      const reply = await toPromise<InferReply>((callback) => infer(options, request, contextOf(call), callback));
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(metadataOf(reply))) metadata.set(name, value);
      call.sendMetadata(metadata);
      return reply;
    }),
    ModelStreamInfer: (call: InferCall) => {
      const context = contextOf(call);
      streams.serve(call, (request) => toPromise((callback) => infer(options, request, context, callback)));
    },
  };
}

/** Answers one inference request, of a call or of a stream of them. */
export function infer(
  options: InferenceServiceOptions,
  request: InferMessage,
  context: CallContext,
  callback: Callback<InferReply>,
): void {
  const version = options.state.find(pathOf(request.model_name, request.model_version));
  const record: RequestRecord = {
    url: context.path,
    startedAt: performance.now(),
    isGone: () => context.isCancelled,
    header: (name) => context.header(name),
  };
  const instrumented = instrument(options, version.metrics, record, callback);
  attempt(instrumented, () => {
    const model = version.current();
    const hints = schedulingHintsOf(request.parameters, context.deadline);
    const draft: InferDraft = { ...readInferMessage(request), hints };
    const encoding = recordPrediction(record, instrumented, (prediction) => {
      model.checkPrediction?.(prediction);
      const reply = writeInferReply(version.model, version.version, prediction);
      options.unsent.makeRoom(context.peer, bytesOfReply(reply));
      return reply;
    });
    predict(model, draft, record, encoding);
  });
}

/** The initial metadata of a reply. */
export function metadataOf({ parameters: { prediction_id: id, cache } }: InferReply): Readonly<Record<string, string>> {
  const { predictionId, cache: cacheHeader } = contract.headers;
  return { [predictionId]: id.string_param, ...(cache && { [cacheHeader]: cache.string_param }) };
}

/** An empty version stands for no version: proto3 cannot distinguish the two. */
function pathOf(name: string, version: string): readonly string[] {
  return version === "" ? [name] : [name, version];
}
