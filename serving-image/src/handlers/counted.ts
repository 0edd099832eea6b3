import { contract } from "../contract";
import { CLIENT_GONE, Refusal } from "../http/refusal";
import type { Log } from "../observability/log";
import type { ModelMetrics } from "../observability/metrics";

/** How requests are logged. */
export interface Records {
  readonly log: Log;
  /** Share of the requests that are logged. */
  readonly logged: number;
}

/** One request, as far as it is recorded. */
export interface Recorded {
  /** What was asked for: a URL, or the method of a service. */
  readonly url: string;
  /** When it had arrived, by `performance.now()`. */
  readonly startedAt: number;
  /** Whether its client has not waited for the answer. */
  isGone(): boolean;
}

/** Answers a request, and records how that went: the same for HTTP and for gRPC. */
export async function counted<T>(
  records: Records,
  metrics: ModelMetrics,
  request: Recorded,
  answer: () => Promise<T>,
): Promise<T> {
  metrics.requestStarted();
  let outcome = { code: 500, isRefused: false };
  try {
    const answered = await answer();
    outcome.code = request.isGone() ? CLIENT_GONE : 200;
    return answered;
  } catch (error) {
    if (error instanceof Refusal) outcome = { code: error.status, isRefused: isCallersFault(error.status) };
    throw error;
  } finally {
    record(records, metrics, request, outcome);
  }
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
  { log, logged }: Records,
  metrics: ModelMetrics,
  { url, startedAt }: Recorded,
  { code, isRefused }: Outcome,
): void {
  const seconds = (performance.now() - startedAt) / 1000;
  metrics.requestEnded(code, seconds, isRefused);
  if (log.isLevelEnabled("debug")) log.debug({ url, code, seconds }, "request");
  else if (logged > 0 && Math.random() < logged) log.info({ url, code, seconds }, "request");
}
