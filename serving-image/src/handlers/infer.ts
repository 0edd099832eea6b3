import { attempt, type Callback } from "../core/callback";
import type { UnsentResponses } from "../core/unsent-responses";
import { receiveBody } from "../http/body";
import type { Exchange, Handler, HttpResponse } from "../http/exchange";
import type { ModelVersion } from "../model/model-version";
import { predict } from "../model/served-model";
import type { ServingState } from "../model/serving-state";
import { instrument, type InstrumentOptions, recordPrediction, type RequestRecord } from "../observability/instrument";
import { withRouterTimeout } from "../protocol/scheduling-hints";
import type { Codec } from "./codecs";

interface InferOptions extends InstrumentOptions {
  readonly state: ServingState;
  readonly bodyLimit: number;
  readonly unsent: UnsentResponses;
}

/**
 * Answers inference requests in one format.
 * @param modelOf the model's name and, if the request names one, its version
 */
export function infer(
  options: InferOptions,
  codec: Codec,
  modelOf: (exchange: Exchange) => readonly string[] = ({ parameters }) => parameters,
): Handler {
  return (exchange, callback) => {
    const version = options.state.find(modelOf(exchange));
    const { request, startedAt } = exchange;
    const record: RequestRecord = {
      url: request.url ?? "",
      startedAt,
      isGone: () => request.socket.destroyed,
      header: (name) => request.headers[name]?.toString(),
    };
    const instrumented = instrument(options, version.metrics, record, callback);
    attempt(instrumented, () => {
      const { batcher, cache } = version.current();
      // With a cache, a full queue rejects only the requests that miss, once they have to be computed.
      if (!cache) batcher.admit();
      const release = batcher.hold(Number(request.headers["content-length"] ?? 0));
      receiveBody(request, options.bodyLimit, {
        resolve: (body) => {
          release();
          attempt(instrumented, () =>
            predictFrom(body, codec, version, exchange, { record, unsent: options.unsent }, instrumented),
          );
        },
        reject: (error) => {
          release();
          instrumented.reject(error);
        },
      });
    });
  };
}

function predictFrom(
  body: Buffer,
  codec: Codec,
  version: ModelVersion,
  { request }: Exchange,
  { record, unsent }: { readonly record: RequestRecord; readonly unsent: UnsentResponses },
  callback: Callback<HttpResponse>,
): void {
  const model = version.current();
  const decoded = codec(body, request.headers, model.signature);
  const draft = withRouterTimeout(decoded.draft, request.headers);
  predict(
    model,
    draft,
    record,
    recordPrediction(record, callback, (prediction) => {
      model.checkPrediction?.(prediction);
      const response = decoded.encode(prediction, model);
      unsent.makeRoom(request.socket, response.body.length);
      return response;
    }),
  );
}
