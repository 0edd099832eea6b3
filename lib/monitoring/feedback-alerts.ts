import { formatDuration } from "../core/format";
import { CONTRACT } from "../core/contract";
import type { AlertRule } from "../kubernetes/prometheus-rule";
import { GROUPING, increaseBy, selectorOfAll, type Series } from "./promql";

const { metrics } = CONTRACT;

/** Values of a metric that come back for what a model has predicted. */
export interface ExpectedFeedback {
  readonly metric: string;
  /** Time within which they come back, in seconds. */
  readonly withinSeconds: number;
  /** Requests to a version under which nothing is missed. */
  readonly minimumRequests: number;
}

/** An alert for each version that answers requests and gets no feedback: whatever is decided by it is decided blindly. */
export function feedbackMissing(versions: readonly Series[], expected: ExpectedFeedback): AlertRule {
  const { metric, withinSeconds, minimumRequests } = expected;
  const window = formatDuration(withinSeconds);
  const values = increaseBy(GROUPING, `${metrics.feedbackCount}${selectorOfAll(versions, metric)}`, window);
  const requests = increaseBy(GROUPING, `${metrics.requests}${selectorOfAll(versions)}`, window);
  return {
    alert: "SlipwayFeedbackMissing",
    expr: `${requests} >= ${minimumRequests} unless ${values} > 0`,
    for: "15m",
    labels: { severity: "warning", metric },
    annotations: {
      summary: `${versions[0]?.model ?? ""} {{ $labels.version }} gets no ${metric}`,
      description: `It answered {{ $value | humanize }} requests within ${window}, and no ${metric} came back: what is decided by it rests on older values, or on none. Check what sends the feedback.`,
    },
  };
}
