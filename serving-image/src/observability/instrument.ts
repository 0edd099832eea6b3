import { type Callback, settle } from "../core/callback";
import { contract } from "../core/contract";
import { CLIENT_CLOSED_REQUEST, HttpError } from "../core/http-error";
import type { Log } from "../core/log";
import type { Prediction } from "../protocol/inference";
import { type UserBucket, userBucketOf } from "./user-bucket";
import type { ModelMetrics } from "./metrics";

/** What every observer sees of a request that is about to be answered. */
export interface ObservedRequest {
  readonly model: string;
  readonly version: string;
  /** The URL, or the gRPC method. */
  readonly url: string;
  /** The status under which the request is counted. */
  readonly code: number;
  /** Total time in the server. */
  readonly seconds: number;
  /** When the request had arrived, by `performance.now()`. */
  readonly startedAt: number;
  /** Undefined if the request received no prediction. */
  readonly prediction?: Prediction | undefined;
  /** @param name a header's name in lower case */
  header(name: string): string | undefined;
}

/** Receives every request just before its response is sent, so expensive work must be deferred until after that. */
export interface RequestObserver {
  onRequest(request: ObservedRequest): void;
}

export interface InstrumentOptions {
  readonly log: Log;
  /** Share of the requests that are logged. */
  readonly logShare: number;
  readonly observers: readonly RequestObserver[];
}

/** What is recorded of a request while it is handled. */
export interface RequestRecord {
  /** The URL, or the gRPC method. */
  readonly url: string;
  /** When the request had arrived, by `performance.now()`. */
  readonly startedAt: number;
  /** Whether the client has disconnected. */
  isGone(): boolean;
  /** @param name a header's name in lower case */
  header(name: string): string | undefined;
  /** Set when the request is instrumented; undefined if the router does not divide users. */
  user?: UserBucket | undefined;
  /** Set once the model has answered. */
  prediction?: Prediction;
}

/** Records the metrics, the log line and the observers of a request once its callback settles: for HTTP and gRPC alike. */
export function instrument<T>(
  options: InstrumentOptions,
  metrics: ModelMetrics,
  request: RequestRecord,
  callback: Callback<T>,
): Callback<T> {
  request.user = userBucketOf((name) => request.header(name));
  metrics.requestStarted(request.user);
  return {
    resolve(value) {
      const code = request.isGone() ? CLIENT_CLOSED_REQUEST : 200;
      finish(options, metrics, request, { code, isTimed: true });
      callback.resolve(value);
    },
    reject(error) {
      const code = error instanceof HttpError ? error.status : 500;
      finish(options, metrics, request, { code, isTimed: code === contract.codes.timedOut });
      callback.reject(error);
    },
  };
}

/** Adds the prediction to the record of its request, then resolves with its encoded form. */
export function recordPrediction<T>(
  request: RequestRecord,
  callback: Callback<T>,
  encode: (prediction: Prediction) => T,
): Callback<Prediction> {
  return {
    resolve(prediction) {
      request.prediction = prediction;
      settle(callback, () => encode(prediction));
    },
    reject: callback.reject,
  };
}

/** Whether the service failed the request: these break an error objective. */
function isFailure(status: number): boolean {
  return status >= 500 || status === contract.codes.modelFailure || status === contract.codes.overloaded;
}

interface Outcome {
  readonly code: number;
  /** Whether the duration says how fast the model is: a refusal is fast, a timeout took at least as long as it waited. */
  readonly isTimed: boolean;
}

function finish(
  { log, logShare, observers }: InstrumentOptions,
  metrics: ModelMetrics,
  request: RequestRecord,
  outcome: Outcome,
): void {
  const { url, startedAt, prediction } = request;
  const { code } = outcome;
  const seconds = (performance.now() - startedAt) / 1000;
  metrics.requestEnded(code, seconds, outcome.isTimed);
  if (request.user) metrics.users.ended(request.user.bucket, isFailure(code));
  if (log.isLevelEnabled("debug")) log.debug(logFieldsOf(request, metrics, code, seconds), "request");
  else if (logShare > 0 && Math.random() < logShare) log.info(logFieldsOf(request, metrics, code, seconds), "request");
  if (observers.length === 0) return;
  const observed: ObservedRequest = {
    ...metrics.labels,
    url,
    code,
    seconds,
    startedAt,
    prediction,
    header: (name) => request.header(name),
  };
  for (const observer of observers) observer.onRequest(observed);
}

const TRACE_ID = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/** Enough to find the request in the router's log, in a trace, and in feedback. */
function logFieldsOf(request: RequestRecord, { labels }: ModelMetrics, code: number, seconds: number): object {
  const requestId = request.header(contract.headers.requestId);
  const [, traceId] = TRACE_ID.exec(request.header("traceparent") ?? "") ?? [];
  return {
    url: request.url,
    ...labels,
    code,
    seconds,
    ...(requestId !== undefined && { request_id: requestId }),
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(request.prediction && { prediction_id: request.prediction.id }),
  };
}
