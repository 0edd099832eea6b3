import { formatDuration } from "../core/format";
import type { AlertRule } from "../kubernetes/prometheus-rule";
import { increaseBy } from "./promql";
import { grouping, ofMetric, selectorOfAll, seriesWith, type Series } from "./series";

/** Feedback that should arrive for the predictions of a model. */
export interface ExpectedFeedback {
  readonly metric: string;
  /** Time within which it arrives, in seconds. */
  readonly withinSeconds: number;
  /** Requests to a version below which no feedback is expected. */
  readonly minimumRequests: number;
}

/** An alert for each version that serves requests and gets no feedback, on which decisions depend. */
export function feedbackMissing(versions: readonly Series[], expected: ExpectedFeedback): AlertRule[] {
  const [first, ...others] = seriesWith(versions, "requests", "feedback");
  if (first === undefined) return [];
  const { metric, withinSeconds, minimumRequests } = expected;
  const { requests, feedback } = first.metrics;
  const all = [first, ...others];
  const window = formatDuration(withinSeconds);
  const counted = (name: string, ...matchers: string[]) =>
    increaseBy(grouping(first), `${name}${selectorOfAll(all, ...matchers)}`, window);
  return [
    {
      alert: "SlipwayFeedbackMissing",
      expr: `${counted(requests.counter)} >= ${minimumRequests} unless ${counted(feedback.count, ofMetric(first, metric))} > 0`,
      for: "15m",
      labels: { severity: "warning", metric },
      annotations: {
        summary: `${first.model} {{ $labels.${first.metrics.labels.version} }} gets no feedback for ${metric}`,
        description: `It answered {{ $value | humanize }} requests within ${window}, and no feedback for ${metric} arrived. Decisions based on ${metric} use old values, or none. Check the sender of the feedback.`,
      },
    },
  ];
}
