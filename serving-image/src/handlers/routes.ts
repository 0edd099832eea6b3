import type { ServerConfig } from "../config/settings";
import { contract } from "../core/contract";
import type { Log } from "../core/log";
import type { UnsentResponses } from "../core/unsent-responses";
import type { FaultInjector } from "../faults/fault-injector";
import type { FeedbackService } from "../feedback/feedback-service";
import type { Handler } from "../http/exchange";
import { Router } from "../http/router";
import type { ModelHost } from "../model/model-host";
import type { ServingState } from "../model/serving-state";
import type { RequestObserver } from "../observability/instrument";
import type { Metrics } from "../observability/metrics";
import type { ShadowComparison } from "../shadow/shadow-comparison";
import { detectCodec, instancesCodec, protocolCodec } from "./codecs";
import { comparisonReport, keptPredictions } from "./comparison";
import { getFaults, setFaults } from "./faults";
import { feedback as receiveFeedback } from "./feedback";
import { live, modelReady, ready } from "./health";
import { infer } from "./infer";
import { alive, listModels, modelOfVerb, modelStatus } from "./kserve-v1";
import { modelMetadata, serverMetadata } from "./metadata";
import { modelConfig } from "./model-config";
import { repositoryChange, repositoryIndex } from "./repository";
import { modelStatistics, statisticsTable } from "./statistics";

/** What the routes need; a disabled feature is undefined. */
interface RouteOptions {
  readonly config: ServerConfig;
  readonly state: ServingState;
  readonly host: ModelHost;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly observers: readonly RequestObserver[];
  readonly feedback: FeedbackService;
  readonly comparison: ShadowComparison | undefined;
  readonly faults: FaultInjector | undefined;
  readonly unsent: UnsentResponses;
}

/** Every route of the HTTP API. */
export function createRoutes(options: RouteOptions): Router<Handler> {
  const { config, state, host, metrics, log, observers, feedback, comparison, faults, unsent } = options;
  const bodyLimit = config.http.bodyLimitBytes;
  const inference = { state, log, bodyLimit, logShare: config.log.requests, observers, unsent };
  const { control } = config.repository;
  const [first] = config.models;
  const router = new Router<Handler>().on("GET", "/v2/models/stats", modelStatistics(state));
  for (const model of ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"]) {
    router
      .on("POST", `${model}/infer`, infer(inference, protocolCodec))
      .on("GET", model, modelMetadata(state))
      .on("GET", `${model}/stats`, modelStatistics(state))
      .on("GET", `${model}/config`, modelConfig(state, config.batching))
      .on("GET", `${model}/ready`, modelReady(state));
  }
  if (config.http.predictPath && first)
    router.on(
      "POST",
      config.http.predictPath,
      infer(inference, detectCodec, () => [first.name]),
    );
  if (comparison) {
    router
      .on("GET", contract.paths.comparison, comparisonReport(comparison))
      .on("POST", contract.paths.kept, keptPredictions(comparison, bodyLimit));
  }
  if (faults) {
    router
      .on("GET", contract.paths.faults, getFaults(faults))
      .on("PUT", contract.paths.faults, setFaults(faults, bodyLimit));
  }
  return router
    .on("GET", "/", alive)
    .on("POST", "/v1/models/{model}", infer(inference, instancesCodec, modelOfVerb))
    .on("GET", "/v1/models/{model}", modelStatus(state))
    .on("GET", "/v1/models", listModels(state))
    .on("GET", "/v2/models", listModels(state))
    .on("POST", contract.paths.feedback, receiveFeedback(feedback, state, bodyLimit))
    .on("POST", "/v2/repository/index", repositoryIndex(host, bodyLimit))
    .on("POST", "/v2/repository/models/{model}/load", repositoryChange(host, "load", control, bodyLimit))
    .on("POST", "/v2/repository/models/{model}/unload", repositoryChange(host, "unload", control, bodyLimit))
    .on("GET", "/stats", statisticsTable(state))
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
