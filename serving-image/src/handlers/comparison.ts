import { badRequest, Refusal } from "../core/refusal";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import { isObject, parseJson, textOfBody } from "../protocol/json";
import type { Comparison } from "../shadow/comparison";
import { toWire } from "../shadow/half";

/** What comparing with the live servers has shown so far, and a few requests with other predictions. */
export function comparisonFound(comparison: Comparison): Handler {
  return ({ parameters: [model = ""] }) => json(200, comparison.found(model));
}

/** Hands out what was predicted for some requests: to other servers, never to somebody outside who came through a router. */
export function keptPredictions(comparison: Comparison, bodyLimit: number): Handler {
  return async ({ request, parameters: [model = ""] }) => {
    if (request.headers["x-forwarded-for"] !== undefined) {
      throw new Refusal(403, "Kept predictions are for other servers alone, not for requests that a router forwards.");
    }
    const asked = parseJson(textOfBody(await readBody(request, bodyLimit)));
    const ids = isObject(asked) ? asked.ids : undefined;
    const areIds = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((id) => typeof id === "string");
    if (!areIds(ids)) throw badRequest('The body is not {"ids": [...]} with the ids of requests.');
    return json(200, { halves: comparison.kept(model, ids).map(toWire) });
  };
}
