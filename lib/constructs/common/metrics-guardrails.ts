import type { Diagnostics } from "../../core/findings/diagnostics";
import type { GatewayMetrics } from "../../routing/metrics";
import type { Runtime } from "../../runtimes/runtime";
import type { Autoscaling, Monitoring, Objectives } from "./schema";

/** The props that need a metric of the server. */
export interface Measured {
  readonly objectives: Partial<Objectives> | undefined;
  readonly autoscaling: Pick<Autoscaling, "requestsPerSecond">;
  readonly monitoring: Pick<Monitoring, "enabled">;
}

/** Reports what is declared and cannot be measured, because neither the runtime nor the gateway has the metric. */
export function checkMetrics(
  props: Measured,
  { title, metrics }: Runtime<unknown>,
  gateway: GatewayMetrics | undefined,
  diagnostics: Diagnostics,
): void {
  const { objectives, autoscaling, monitoring } = props;
  const noAlert = (path: string, metric: string, alert: string) =>
    diagnostics.warning("SLW403", path, {
      message: `${title} has no metric for ${metric}, so there is no alert on ${alert}.`,
      fix: "Monitor it by other means, or use a runtime that has the metric.",
    });
  const isTimed = metrics.latency !== undefined || gateway?.latency !== undefined;
  const isCounted = metrics.requests !== undefined || gateway !== undefined;
  if (monitoring.enabled && !isTimed && objectives?.latencyP95 !== undefined)
    noAlert("objectives.latencyP95", "latency", "it");
  if (monitoring.enabled && !isCounted && objectives?.errorRate !== undefined)
    noAlert("objectives.errorRate", "requests", "it");
  if (monitoring.enabled && metrics.ready === undefined) noAlert("monitoring", "ready models", "missing replicas");
  if (metrics.requestsPerSecond === undefined && autoscaling.requestsPerSecond !== undefined) {
    diagnostics.error("SLW403", "autoscaling.requestsPerSecond", {
      message: `${title} has no metric for requests per second, so nothing could be scaled by it.`,
      fix: "Leave it out: CPU utilization scales the replicas.",
    });
  }
}
