import { Feedback, type FeedbackOutcome } from "../feedback/feedback";
import { readBody, textOfBody } from "../http/body";
import { json, type Handler } from "../http/exchange";
import type { ServingState } from "../model/serving-state";
import type { Metrics } from "../observability/metrics";
import { parseJson } from "../protocol/json";

/** Takes labels and rewards that arrive later, for predictions of any version and any replica of a model. */
export function feedback(state: ServingState, metrics: Metrics, bodyLimit: number): Handler {
  const receivers = new Map<string, Feedback>();
  return async ({ request, parameters }) => {
    const { model, version } = state.find(parameters);
    const receiver = receivers.get(model) ?? new Feedback(metrics.feedbackCounters(model), version);
    receivers.set(model, receiver);
    const items = receiver.take(parseJson(textOfBody(await readBody(request, bodyLimit))));
    const count = (status: FeedbackOutcome["status"]): number => items.filter((item) => item.status === status).length;
    const counts = { accepted: count("accepted"), duplicate: count("duplicate"), refused: count("refused") };
    const [first] = items;
    // What is refused as a whole is an error; of several items each says for itself.
    if (counts.refused === items.length) return json(400, { error: first?.error, ...counts, items });
    return json(200, { ...counts, items });
  };
}
