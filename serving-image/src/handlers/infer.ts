import { attempt, type Reply } from "../core/reply";
import { receiveBody } from "../http/body";
import type { Answer, Exchange, Handler } from "../http/exchange";
import type { ModelVersion } from "../model/model-version";
import { predict } from "../model/served-model";
import type { ServingState } from "../model/serving-state";
import { counted, type Recorded, type Records, written } from "../observability/instrument";
import { withRouterTimeout } from "../protocol/urgency";
import type { Form } from "./forms";

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
  return (exchange, reply) => {
    const version = parts.state.find(modelOf(exchange));
    const { request, startedAt } = exchange;
    const recorded: Recorded = {
      url: request.url ?? "",
      startedAt,
      isGone: () => request.socket.destroyed,
      header: (name) => request.headers[name]?.toString(),
    };
    const counting = counted(parts, version.metrics, recorded, reply);
    attempt(counting, () => {
      const { batcher, cache } = version.current();
      // Of what lies in a cache the queue knows nothing: what does not is refused when it comes to be computed.
      if (!cache) batcher.admit();
      receiveBody(request, parts.bodyLimit, {
        answered: (body) => attempt(counting, () => predictFrom(body, form, version, exchange, recorded, counting)),
        failed: counting.failed,
      });
    });
  };
}

function predictFrom(
  body: Buffer,
  form: Form,
  version: ModelVersion,
  { request }: Exchange,
  recorded: Recorded,
  reply: Reply<Answer>,
): void {
  const model = version.current();
  const asked = form(body, request.headers, model.signature);
  const draft = withRouterTimeout(asked.draft, request.headers);
  const answering = written(recorded, reply, (prediction) => asked.write(prediction, model));
  predict(model, draft, recorded, answering);
}
