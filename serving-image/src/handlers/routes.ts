import { Feedback } from "../feedback/feedback";
import type { ServerConfig } from "../config/settings";
import type { Handler } from "../http/exchange";
import { Router } from "../http/router";
import type { ServingState } from "../model/serving-state";
import type { Log } from "../observability/log";
import type { Metrics } from "../observability/metrics";
import { feedback } from "./feedback";
import { live, modelReady, ready } from "./health";
import { eitherForm, instancesForm, protocolForm } from "./forms";
import { infer } from "./infer";
import { modelConfig } from "./model-config";
import { modelMetadata, serverMetadata } from "./metadata";
import { listModels, modelOfVerb, plainReady } from "./plain";

/** Everything that can be asked of the server. */
export function createRoutes(config: ServerConfig, state: ServingState, metrics: Metrics, log: Log): Router<Handler> {
  const bodyLimit = config.http.bodyLimitBytes;
  const parts = { state, log, bodyLimit, logged: config.log.requests };
  const receiver = new Feedback(metrics.feedbackCounters(config.model.name), config.model.version);
  const router = new Router<Handler>();
  for (const model of ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"]) {
    router
      .on("POST", `${model}/infer`, infer(parts, protocolForm))
      .on("GET", model, modelMetadata(state))
      .on("GET", `${model}/config`, modelConfig(state, config.batching.maxBatchSize))
      .on("GET", `${model}/ready`, modelReady(state));
  }
  if (config.http.predictPath)
    router.on(
      "POST",
      config.http.predictPath,
      infer(parts, eitherForm, () => [config.model.name]),
    );
  return router
    .on("POST", "/v1/models/{model}", infer(parts, instancesForm, modelOfVerb))
    .on("GET", "/v1/models/{model}", plainReady(state))
    .on("GET", "/v1/models", listModels(state))
    .on("GET", "/v2/models", listModels(state))
    .on("POST", "/v2/models/{model}/feedback", feedback(config.model.name, receiver, bodyLimit))
    .on("GET", "/v2", serverMetadata)
    .on("GET", "/v2/health/live", live)
    .on("GET", "/v2/health/ready", ready(state))
    .on("GET", "/health", live)
    .on("GET", "/ready", ready(state))
    .on("GET", "/metrics", async () => ({
      status: 200,
      body: await metrics.text(),
      headers: { "content-type": metrics.contentType },
    }));
}
