import { HttpError } from "../core/http-error";
import { type Exchange, type Handler, json } from "../http/exchange";
import type { ServingState } from "../model/serving-state";

const PREDICT = ":predict";

/** The model in `/v1/models/M:predict`; no other verb exists. */
export function modelOfVerb({ parameters: [target = ""] }: Exchange): readonly string[] {
  if (target.endsWith(PREDICT)) return [target.slice(0, -PREDICT.length)];
  throw new HttpError(404, `"${target.slice(0, 200)}" is not a valid path; use /v1/models/NAME${PREDICT}.`);
}

/** Liveness, as KServe's V1 servers answer it. */
export const alive: Handler = () => json(200, { status: "alive" });

/** The names of the models, in KServe's format. */
export function listModels(state: ServingState): Handler {
  return () => json(200, { models: state.names() });
}

/** Whether a model is ready, in the format of KServe's V1 protocol. */
export function modelStatus(state: ServingState): Handler {
  return ({ parameters }) => {
    const version = state.find(parameters);
    const isReady = state.notReadyReasonOf(version) === undefined;
    return json(isReady ? 200 : 503, { name: version.model, ready: isReady });
  };
}
