import { contract } from "../contract";
import { readBody } from "../http/body";
import type { Answer, Exchange, Handler } from "../http/exchange";
import type { ServingState } from "../model/serving-state";
import { JSON_LENGTH_HEADER, readHttpRequest } from "../protocol/http-request";
import type { WrittenAnswer } from "../protocol/infer-answer";
import { counted, type Records } from "./counted";
import { predict } from "./prediction";

/** What the handler needs besides the model. */
export interface InferParts extends Records {
  readonly state: ServingState;
  readonly bodyLimit: number;
}

export function infer(parts: InferParts): Handler {
  return (exchange) => {
    parts.state.check(exchange.parameters);
    const { request, startedAt } = exchange;
    const recorded = { url: request.url ?? "", startedAt, isGone: () => request.socket.destroyed };
    return counted(parts, recorded, () => answer(parts, exchange));
  };
}

async function answer({ state, bodyLimit }: InferParts, { request }: Exchange): Promise<Answer> {
  const body = await readBody(request, bodyLimit);
  const model = state.current();
  const draft = readHttpRequest(body, request.headers[JSON_LENGTH_HEADER], model.signature);
  const prediction = await predict(model, state.version, draft);
  return toAnswer(prediction.id, model.answers.write(prediction.id, prediction.request, prediction.outputs));
}

function toAnswer(predictionId: string, { json, binary }: WrittenAnswer): Answer {
  const headers = { [contract.headers.predictionId]: predictionId };
  if (binary.length === 0) return { status: 200, body: json, headers };
  const head = Buffer.from(json);
  return {
    status: 200,
    body: Buffer.concat([head, ...binary]),
    headers: { ...headers, "content-type": "application/octet-stream", [JSON_LENGTH_HEADER]: head.length },
  };
}
