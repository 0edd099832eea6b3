import type { ServerConfig } from "../config/settings";
import type { Log } from "../core/log";
import { FeedbackReader } from "../feedback/feedback-reader";
import { type FeedbackOutcome, FeedbackReceiver } from "../feedback/feedback-receiver";
import { SharedKeys } from "../feedback/shared-keys";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import { PredictionIds } from "../model/prediction-id";
import type { ServingState } from "../model/serving-state";
import type { Metrics } from "../observability/metrics";
import { decodeUtf8, parseJson } from "../protocol/json";

/** How long the replicas remember a report together, unless its prediction becomes too old before. */
const SHARED_SECONDS = 24 * 3600;

/** Accepts labels and rewards that arrive later, for predictions of any version and any replica of a model. */
export function feedback(
  { feedback: config, predictionSecrets, http, models, cache }: ServerConfig,
  state: ServingState,
  metrics: Metrics,
  log: Log,
): Handler {
  const { remembered, maxAgeSeconds = SHARED_SECONDS } = config;
  const shared = cache?.redis && new SharedKeys(cache.redis, cache.keyPrefix, maxAgeSeconds, log);
  const ids = new PredictionIds(predictionSecrets);
  const receivers = new Map<string, FeedbackReceiver>();
  const receiverOf = (model: string, ownVersion: string): FeedbackReceiver => {
    const known = receivers.get(model);
    if (known) return known;
    const reader = new FeedbackReader(model, ids, config);
    const counters = metrics.feedbackCounters(model);
    const created = new FeedbackReceiver({ model, ownVersion, reader, counters, remembered, shared });
    receivers.set(model, created);
    return created;
  };
  // Created at the start, so that the series exist before the first report.
  for (const { name, version } of models) receiverOf(name, version);
  return async ({ request, parameters }) => {
    const { model, version } = state.find(parameters);
    const body = parseJson(decodeUtf8(await readBody(request, http.bodyLimitBytes)));
    const items = await receiverOf(model, version).receive(body);
    const count = (status: FeedbackOutcome["status"]): number => items.filter((item) => item.status === status).length;
    const counts = { accepted: count("accepted"), duplicate: count("duplicate"), refused: count("refused") };
    const [first] = items;
    // If all items are refused, the response is an error; otherwise each item has its own status.
    if (counts.refused === items.length) return json(400, { error: first?.error, ...counts, items });
    return json(200, { ...counts, items });
  };
}
