import { type Answer, type Handler, json } from "../http/exchange";
import type { ServingState } from "../model/serving-state";

/** 200 as long as the process can answer at all. */
export const live: Handler = () => json(200, { live: true });

/** 200 while every model is loaded, checked and warm, and the server is not stopping; else 503 and why. */
export function ready(state: ServingState): Handler {
  return () => readiness(state.notReadyBecause);
}

export function modelReady(state: ServingState): Handler {
  return ({ parameters }) => readiness(state.notReadyBecauseOf(state.find(parameters)));
}

function readiness(reason: string | undefined): Answer {
  return reason === undefined ? json(200, { ready: true }) : json(503, { ready: false, reason });
}
