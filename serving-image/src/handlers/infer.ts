import { readBody } from "../http/body";
import type { Answer, Exchange, Handler } from "../http/exchange";
import type { ModelVersion } from "../model/model-version";
import type { ServingState } from "../model/serving-state";
import { withRouterTimeout } from "../model/urgency";
import { counted, type Recorded, type Records } from "./counted";
import type { Form } from "./forms";
import { predict } from "./prediction";

/** What the handler needs besides the model. */
export interface InferParts extends Records {
  readonly state: ServingState;
  readonly bodyLimit: number;
}

/**
 * Answers requests for predictions that come in one form.
 * @param modelOf the model's name and, if one is asked for, its version
 */
export function infer(
  parts: InferParts,
  form: Form,
  modelOf: (exchange: Exchange) => readonly string[] = ({ parameters }) => parameters,
): Handler {
  return (exchange) => {
    const version = parts.state.find(modelOf(exchange));
    const { request, startedAt } = exchange;
    const recorded: Recorded = {
      url: request.url ?? "",
      startedAt,
      isGone: () => request.socket.destroyed,
      header: (name) => request.headers[name]?.toString(),
    };
    return counted(parts, version.metrics, recorded, () => answer(version, form, exchange, recorded, parts.bodyLimit));
  };
}

async function answer(
  version: ModelVersion,
  form: Form,
  { request }: Exchange,
  recorded: Recorded,
  bodyLimit: number,
): Promise<Answer> {
  const { batcher, cache } = version.current();
  // Of what lies in a cache the queue knows nothing: what does not is refused when it comes to be computed.
  if (!cache) batcher.admit();
  const body = await readBody(request, bodyLimit);
  const model = version.current();
  const asked = form(body, request.headers, model.signature);
  const draft = withRouterTimeout(asked.draft, request.headers);
  recorded.prediction = await predict(model, draft, recorded);
  return asked.write(recorded.prediction, model);
}
