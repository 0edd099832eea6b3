import type { FeedbackOutcome } from "../feedback/feedback-receiver";
import type { FeedbackService } from "../feedback/feedback-service";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import type { ServingState } from "../model/serving-state";
import { decodeUtf8, parseJson } from "../protocol/json";

/** Accepts labels and rewards that arrive later, for predictions of any version and any replica of a model. */
export function feedback(service: FeedbackService, state: ServingState, bodyLimit: number): Handler {
  return async ({ request, parameters }) => {
    const { model, version } = state.find(parameters);
    const body = parseJson(decodeUtf8(await readBody(request, bodyLimit)));
    const items = await service.receiverOf(model, version).receive(body);
    const count = (status: FeedbackOutcome["status"]): number => items.filter((item) => item.status === status).length;
    const counts = { accepted: count("accepted"), duplicate: count("duplicate"), refused: count("refused") };
    const [first] = items;
    // If all items are refused, the response is an error; otherwise each item has its own status.
    if (counts.refused === items.length) return json(400, { error: first?.error, ...counts, items });
    return json(200, { ...counts, items });
  };
}
