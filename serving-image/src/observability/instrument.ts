import { contract } from "../core/contract";
import type { Log } from "../core/log";
import { CLIENT_GONE, Refusal } from "../core/refusal";
import { type Reply, settle } from "../core/reply";
import type { Prediction } from "../protocol/inference";
import type { ModelMetrics } from "./metrics";

/** One request that is about to be answered, as those see it who watch. */
export interface Seen {
  readonly model: string;
  readonly version: string;
  /** What was asked for: a URL, or the method of a service. */
  readonly url: string;
  /** The status that it is counted under. */
  readonly code: number;
  /** Whole time in the server. */
  readonly seconds: number;
  /** When it had arrived, by `performance.now()`. */
  readonly startedAt: number;
  /** What the model answered; absent where the request got no prediction. */
  readonly prediction?: Prediction | undefined;
  /** A header of the request, by its name in lower case. */
  header(name: string): string | undefined;
}

/**
 * Looks at requests for a reason of its own. The answer waits until it has returned, so whatever takes time is put off
 * until the answer is on its way.
 */
export interface Witness {
  saw(request: Seen): void;
}

/** How requests are logged. */
export interface Records {
  readonly log: Log;
  /** Share of the requests that are logged. */
  readonly logged: number;
  readonly witnesses: readonly Witness[];
}

/** One request, as far as it is recorded. */
export interface Recorded {
  /** What was asked for: a URL, or the method of a service. */
  readonly url: string;
  /** When it had arrived, by `performance.now()`. */
  readonly startedAt: number;
  /** Whether its client has not waited for the answer. */
  isGone(): boolean;
  /** A header of it, by its name in lower case. */
  header(name: string): string | undefined;
  /** Set once the model has answered. */
  prediction?: Prediction;
}

/** Records how a request goes, from now until it is replied to: the same for HTTP and for gRPC. */
export function counted<T>(records: Records, metrics: ModelMetrics, request: Recorded, reply: Reply<T>): Reply<T> {
  metrics.requestStarted();
  return {
    answered(value) {
      record(records, metrics, request, { code: request.isGone() ? CLIENT_GONE : 200, isRefused: false });
      reply.answered(value);
    },
    failed(error) {
      const code = error instanceof Refusal ? error.status : 500;
      record(records, metrics, request, { code, isRefused: error instanceof Refusal && isCallersFault(code) });
      reply.failed(error);
    },
  };
}

/** Keeps what a model has predicted for the record of its request, and replies with what is written of it. */
export function written<T>(
  request: Recorded,
  reply: Reply<T>,
  write: (prediction: Prediction) => T,
): Reply<Prediction> {
  return {
    answered(prediction) {
      request.prediction = prediction;
      settle(reply, () => write(prediction));
    },
    failed: reply.failed,
  };
}

function isCallersFault(status: number): boolean {
  return status < 500 && status !== contract.codes.modelFailure;
}

interface Outcome {
  readonly code: number;
  /** Whether the request never got as far as the model, by its caller's own fault. */
  readonly isRefused: boolean;
}

function record(
  { log, logged, witnesses }: Records,
  metrics: ModelMetrics,
  request: Recorded,
  { code, isRefused }: Outcome,
): void {
  const { url, startedAt } = request;
  const seconds = (performance.now() - startedAt) / 1000;
  metrics.requestEnded(code, seconds, isRefused);
  if (log.isLevelEnabled("debug")) log.debug(lineOf(request, metrics, code, seconds), "request");
  else if (logged > 0 && Math.random() < logged) log.info(lineOf(request, metrics, code, seconds), "request");
  if (witnesses.length === 0) return;
  const { prediction } = request;
  const seen: Seen = {
    ...metrics.labels,
    url,
    code,
    seconds,
    startedAt,
    prediction,
    header: (name) => request.header(name),
  };
  for (const witness of witnesses) witness.saw(seen);
}

const TRACE_ID = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/** What a log line says of a request: enough to find it in the router's log, in a trace, and in feedback. */
function lineOf(request: Recorded, { labels }: ModelMetrics, code: number, seconds: number): object {
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
