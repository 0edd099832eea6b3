import { badRequest, HttpError } from "../core/http-error";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import { decodeUtf8, isObject, parseJson } from "../protocol/json";
import { toWire } from "../shadow/prediction-record";
import type { ShadowComparison } from "../shadow/shadow-comparison";

/** The results of the comparison so far, with a few requests whose predictions differ. */
export function comparisonReport(comparison: ShadowComparison): Handler {
  return ({ parameters: [model = ""] }) => json(200, comparison.report(model));
}

/** Returns the predictions for some requests: to other servers only, never to clients that come through a router. */
export function keptPredictions(comparison: ShadowComparison, bodyLimit: number): Handler {
  return async ({ request, parameters: [model = ""] }) => {
    if (request.headers["x-forwarded-for"] !== undefined) {
      throw new HttpError(403, "Kept predictions are only for other servers, not for requests that a router forwards.");
    }
    const body = parseJson(decodeUtf8(await readBody(request, bodyLimit)));
    const ids = isObject(body) ? body.ids : undefined;
    const areIds = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((id) => typeof id === "string");
    if (!areIds(ids)) throw badRequest('The body is not {"ids": [...]} with a list of request ids.');
    return json(200, { halves: comparison.kept(model, ids).map(toWire) });
  };
}
