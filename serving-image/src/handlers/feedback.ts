import type { ServerConfig } from "../config/settings";
import type { Log } from "../core/log";
import { Feedback, type FeedbackOutcome } from "../feedback/feedback";
import { ReportReader } from "../feedback/read-report";
import { SharedKeys } from "../feedback/shared-keys";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import { PredictionIds } from "../model/prediction-id";
import type { ServingState } from "../model/serving-state";
import type { Metrics } from "../observability/metrics";
import { parseJson, textOfBody } from "../protocol/json";

/** How long all replicas together remember a report, unless its prediction is too old before. */
const SHARED_SECONDS = 24 * 3600;

/** Takes labels and rewards that arrive later, for predictions of any version and any replica of a model. */
export function feedback(
  { feedback: config, predictionSecrets, http, models, cache }: ServerConfig,
  state: ServingState,
  metrics: Metrics,
  log: Log,
): Handler {
  const { remembered, maxAgeSeconds = SHARED_SECONDS } = config;
  const shared = cache?.redis && new SharedKeys(cache.redis, cache.keyPrefix, maxAgeSeconds, log);
  const ids = new PredictionIds(predictionSecrets);
  const receivers = new Map<string, Feedback>();
  const receiverOf = (model: string, ownVersion: string): Feedback => {
    const known = receivers.get(model);
    if (known) return known;
    const reader = new ReportReader(model, ids, config);
    const counters = metrics.feedbackCounters(model);
    const created = new Feedback({ model, ownVersion, reader, counters, remembered, shared });
    receivers.set(model, created);
    return created;
  };
  // From the start, so that the series are there before the first report.
  for (const { name, version } of models) receiverOf(name, version);
  return async ({ request, parameters }) => {
    const { model, version } = state.find(parameters);
    const body = parseJson(textOfBody(await readBody(request, http.bodyLimitBytes)));
    const items = await receiverOf(model, version).take(body);
    const count = (status: FeedbackOutcome["status"]): number => items.filter((item) => item.status === status).length;
    const counts = { accepted: count("accepted"), duplicate: count("duplicate"), refused: count("refused") };
    const [first] = items;
    // What is refused as a whole is an error; of several items each says for itself.
    if (counts.refused === items.length) return json(400, { error: first?.error, ...counts, items });
    return json(200, { ...counts, items });
  };
}
