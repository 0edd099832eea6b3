import { Refusal } from "../core/refusal";
import { type Exchange, type Handler, json } from "../http/exchange";
import type { ServingState } from "../model/serving-state";

const PREDICT = ":predict";

/** The model in `/v1/models/M:predict`, the only verb that there is. */
export function modelOfVerb({ parameters: [called = ""] }: Exchange): readonly string[] {
  if (called.endsWith(PREDICT)) return [called.slice(0, -PREDICT.length)];
  throw new Refusal(404, `"${called.slice(0, 200)}" is nothing that can be asked; there is /v1/models/NAME${PREDICT}.`);
}

/** The names of the models, as KServe lists them. */
export function listModels(state: ServingState): Handler {
  return () => json(200, { models: state.names() });
}

/** Whether a model is ready, as KServe's first protocol says it. */
export function plainReady(state: ServingState): Handler {
  return ({ parameters }) => {
    const version = state.find(parameters);
    const isReady = state.notReadyBecauseOf(version) === undefined;
    return json(isReady ? 200 : 503, { name: version.model, ready: isReady });
  };
}
