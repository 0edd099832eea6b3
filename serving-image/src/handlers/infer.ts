import { readBody } from "../http/body";
import type { Answer, Exchange, Handler } from "../http/exchange";
import type { ServingState } from "../model/serving-state";
import { counted, type Records } from "./counted";
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
    parts.state.check(modelOf(exchange));
    const { request, startedAt } = exchange;
    const recorded = { url: request.url ?? "", startedAt, isGone: () => request.socket.destroyed };
    return counted(parts, recorded, () => answer(parts, form, exchange));
  };
}

async function answer({ state, bodyLimit }: InferParts, form: Form, { request }: Exchange): Promise<Answer> {
  const body = await readBody(request, bodyLimit);
  const model = state.current();
  const asked = form(body, request.headers, model.signature);
  return asked.write(await predict(model, state.version, asked.draft), model);
}
