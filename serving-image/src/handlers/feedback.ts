import type { Feedback, FeedbackOutcome } from "../feedback/feedback";
import { readBody, textOfBody } from "../http/body";
import { json, type Handler } from "../http/exchange";
import { Refusal } from "../http/refusal";
import { parseJson } from "../protocol/json";

/** Takes labels and rewards that arrive later, for predictions of any version and any replica of one model. */
export function feedback(model: string, receiver: Feedback, bodyLimit: number): Handler {
  return async ({ request, parameters }) => {
    const [named] = parameters;
    if (named !== model) throw new Refusal(404, `Model "${named}" is unknown; this server has "${model}".`);
    const items = receiver.take(parseJson(textOfBody(await readBody(request, bodyLimit))));
    const count = (status: FeedbackOutcome["status"]): number => items.filter((item) => item.status === status).length;
    const counts = { accepted: count("accepted"), duplicate: count("duplicate"), refused: count("refused") };
    const [first] = items;
    // What is refused as a whole is an error; of several items each says for itself.
    if (counts.refused === items.length) return json(400, { error: first?.error, ...counts, items });
    return json(200, { ...counts, items });
  };
}
