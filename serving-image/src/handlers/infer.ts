import { contract } from "../contract";
import { readBody } from "../http/body";
import type { Answer, Exchange, Handler } from "../http/exchange";
import { CLIENT_GONE, Refusal } from "../http/refusal";
import { createPredictionId } from "../model/prediction-id";
import type { ServingState } from "../model/serving-state";
import type { Log } from "../observability/log";
import type { Metrics } from "../observability/metrics";
import type { Tensors } from "../protocol/datatypes";
import type { InferRequest } from "../protocol/infer-request";
import { reasonOf } from "../start-up-error";
import type { Batcher } from "../model/batcher";

/** What the handler needs besides the model. */
export interface InferParts {
  readonly state: ServingState;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly bodyLimit: number;
  /** Share of the requests that are logged. */
  readonly logged: number;
}

export function infer(parts: InferParts): Handler {
  return async (exchange) => {
    parts.state.check(exchange.parameters);
    parts.metrics.requestStarted();
    let outcome = { code: 500, isRefused: false };
    try {
      const answer = await predict(parts, exchange);
      outcome.code = exchange.request.socket.destroyed ? CLIENT_GONE : answer.status;
      return answer;
    } catch (error) {
      if (error instanceof Refusal) outcome = { code: error.status, isRefused: isCallersFault(error.status) };
      throw error;
    } finally {
      record(parts, exchange, outcome);
    }
  };
}

async function predict({ state, bodyLimit }: InferParts, { request }: Exchange): Promise<Answer> {
  if (request.headers["inference-header-content-length"] !== undefined) {
    throw new Refusal(415, "Binary tensors are not supported; send the tensors as JSON.");
  }
  const body = await readBody(request, bodyLimit);
  const { requests, batcher, answers } = state.current();
  const inference = requests.read(body);
  const outputs = await compute(batcher, inference);
  const predictionId = createPredictionId(state.version);
  return {
    status: 200,
    body: answers.write(predictionId, inference.id, inference.outputs, outputs),
    headers: { [contract.headers.predictionId]: predictionId },
  };
}

async function compute(batcher: Batcher, inference: InferRequest): Promise<Tensors> {
  try {
    return await batcher.infer(inference);
  } catch (error) {
    const reason = reasonOf(error);
    if (/alloc|out of memory/i.test(reason)) throw error;
    // The request is well formed and yet the model fails: not the server's fault, and perhaps not the caller's.
    throw new Refusal(contract.codes.modelFailure, `The model cannot compute with these values: ${reason}.`);
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

function record(parts: InferParts, { request, startedAt }: Exchange, { code, isRefused }: Outcome): void {
  const { metrics, log, logged } = parts;
  const seconds = (performance.now() - startedAt) / 1000;
  metrics.requestEnded(code, isRefused ? undefined : seconds);
  if (log.isLevelEnabled("debug")) log.debug({ url: request.url, code, seconds }, "request");
  else if (logged > 0 && Math.random() < logged) log.info({ url: request.url, code, seconds }, "request");
}
