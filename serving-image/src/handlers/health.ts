import { type Handler, type HttpResponse, json } from "../http/exchange";
import type { ServingState } from "../model/serving-state";

/** 200 while the process can answer at all. */
export const live: Handler = () => json(200, { live: true });

/** 200 while every model is loaded, verified and warm and the server is not stopping; otherwise 503 with the reason. */
export function ready(state: ServingState): Handler {
  return () => readiness(state.notReadyReason);
}

export function modelReady(state: ServingState): Handler {
  return ({ parameters }) => readiness(state.notReadyReasonOf(state.find(parameters)));
}

function readiness(reason: string | undefined): HttpResponse {
  return reason === undefined ? json(200, { ready: true }) : json(503, { ready: false, reason });
}
