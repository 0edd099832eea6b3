import type { ServerConfig } from "../config/settings";
import { Feedback, type FeedbackOutcome } from "../feedback/feedback";
import { ReportReader } from "../feedback/read-report";
import { readBody, textOfBody } from "../http/body";
import { json, type Handler } from "../http/exchange";
import { PredictionIds } from "../model/prediction-id";
import type { ServingState } from "../model/serving-state";
import type { Metrics } from "../observability/metrics";
import { parseJson } from "../protocol/json";

/** Takes labels and rewards that arrive later, for predictions of any version and any replica of a model. */
export function feedback(
  { feedback: config, predictionSecrets, http, models }: ServerConfig,
  state: ServingState,
  metrics: Metrics,
): Handler {
  const ids = new PredictionIds(predictionSecrets);
  const receivers = new Map<string, Feedback>();
  const receiverOf = (model: string, ownVersion: string): Feedback => {
    const { remembered } = config;
    const reader = new ReportReader(model, ids, config);
    const known =
      receivers.get(model) ?? new Feedback(reader, metrics.feedbackCounters(model), { ownVersion, remembered });
    receivers.set(model, known);
    return known;
  };
  // From the start, so that the series are there before the first report.
  for (const { name, version } of models) receiverOf(name, version);
  return async ({ request, parameters }) => {
    const { model, version } = state.find(parameters);
    const items = receiverOf(model, version).take(parseJson(textOfBody(await readBody(request, http.bodyLimitBytes))));
    const count = (status: FeedbackOutcome["status"]): number => items.filter((item) => item.status === status).length;
    const counts = { accepted: count("accepted"), duplicate: count("duplicate"), refused: count("refused") };
    const [first] = items;
    // What is refused as a whole is an error; of several items each says for itself.
    if (counts.refused === items.length) return json(400, { error: first?.error, ...counts, items });
    return json(200, { ...counts, items });
  };
}
