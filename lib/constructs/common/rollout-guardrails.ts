import { formatDuration } from "../../core/format";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { checkReplicas } from "./autoscaler";
import type { Monitoring } from "./schema";
import { checkCommon } from "./guardrails";
import type { BusinessMetric, ParsedRolloutProps } from "./rollout-schema";

/** Guardrails that every rollout shares. */
export function checkRollout(props: ParsedRolloutProps, diagnostics: Diagnostics): void {
  checkCommon(props, diagnostics);
  checkReplicas(props.autoscaling, diagnostics);
  checkWatched(props.monitoring, diagnostics);
  checkRoute(props, diagnostics);
}

function checkWatched({ enabled }: Monitoring, diagnostics: Diagnostics): void {
  if (enabled) return;
  diagnostics.error("SLW203", "monitoring.enabled", {
    message: "it is false, so there would be nothing to judge the rollout by.",
    fix: "Leave it out.",
  });
}

function checkRoute({ routing }: ParsedRolloutProps, diagnostics: Diagnostics): void {
  if (routing.istio === undefined) {
    diagnostics.error("SLW005", "routing", {
      message: "it names no router.",
      allowed: "exactly one of: istio",
      fix: "Give `routing: { istio: { hosts, gateways } }`.",
    });
    return;
  }
  for (const key of ["hosts", "gateways"] as const) {
    if (routing.istio[key].length > 0) continue;
    diagnostics.error("SLW209", `routing.istio.${key}`, {
      message: "it is empty, so no traffic would reach the rollout.",
      fix: `Name at least one of the ${key}.`,
    });
  }
}

/** Scrapes that an interval must hold: a rate needs two, and one may be late or missed at each end. */
const SCRAPES_PER_INTERVAL = 4;

/** A time in which something is judged must be long enough for Prometheus to see it. */
export function checkWatchTime(
  { scrapeInterval }: Monitoring,
  time: { readonly path: string; readonly seconds: number },
  diagnostics: Diagnostics,
): void {
  const least = SCRAPES_PER_INTERVAL * scrapeInterval;
  if (time.seconds >= least) return;
  diagnostics.error("SLW106", time.path, {
    message: `${formatDuration(time.seconds)} holds fewer than ${SCRAPES_PER_INTERVAL} scrapes of ${formatDuration(scrapeInterval)}.`,
    allowed: `${formatDuration(least)} or longer`,
    fix: "Make it longer, or shorten monitoring.scrapeInterval.",
  });
}

/** Metrics of the business that were given at a path. */
export function checkMetrics(metrics: readonly BusinessMetric[], path: string, diagnostics: Diagnostics): void {
  metrics.forEach((metric, index) => {
    const at = `${path}[${index}]`;
    if (metrics.findIndex(({ name }) => name === metric.name) < index) {
      diagnostics.error("SLW109", `${at}.name`, {
        message: `"${metric.name}" is there already.`,
        fix: "Remove one of them.",
      });
    }
    if (metric.lowerBound >= metric.upperBound) {
      diagnostics.error("SLW110", `${at}.upperBound`, {
        message: `${metric.upperBound} is not above lowerBound, ${metric.lowerBound}.`,
        fix: "Give the least and the largest value that can be sent.",
      });
    }
  });
}
