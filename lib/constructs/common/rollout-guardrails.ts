import { formatDuration } from "../../core/format";
import type { Diagnostics } from "../../core/findings/diagnostics";
import {
  checkGatewayMetrics,
  checkRouterCapabilities,
  checkRouting,
  routerOf,
  type RouterNeed,
} from "../../routing/registry";
import { checkRuntimeCapabilities, type ConfiguredRuntime, type RuntimeNeed } from "../../runtimes/registry";
import type { Requirements } from "../../strategies/requirements";
import { checkReplicas } from "./autoscaler";
import { checkCommon } from "./guardrails";
import type { NamedModel } from "./production";
import type { AnyCheckedRollout } from "./rollout";
import type { BusinessMetric, Comparison, ParsedRolloutProps } from "./rollout-schema";
import type { Monitoring } from "./schema";

/** Guardrails that every rollout shares. */
export function checkRollout(props: ParsedRolloutProps, server: ConfiguredRuntime, diagnostics: Diagnostics): void {
  checkCommon(props, server, diagnostics, routerOf(props.routing)?.router.metrics);
  checkReplicas(props.autoscaling, diagnostics);
  checkMonitored(props.monitoring, diagnostics);
  checkRouting(props.routing, diagnostics);
  checkController(props, diagnostics);
}

function checkController({ controller }: ParsedRolloutProps, diagnostics: Diagnostics): void {
  if (!controller.enabled) return;
  diagnostics.error("SLW211", "controller.enabled", {
    message: "it is true, but there is no rollout controller yet, so nothing would move the weights.",
    fix: "Leave it out, and declare each step in this program.",
  });
}

/**
 * Reports a version that two tracks would share: the objects of a track are named by its version. Most rollouts report
 * it themselves, in their own terms; this check is for those that do not.
 */
export function checkDistinctVersions(models: readonly NamedModel[], diagnostics: Diagnostics): void {
  for (const { path, model } of models) {
    const first = models.find(({ model: { version } }) => version === model.version);
    const at = `${path}.version`;
    if (first === undefined || first.path === path) continue;
    if (diagnostics.findings.some((finding) => finding.path === at)) continue;
    diagnostics.error("SLW101", at, {
      message: `${model.version} is already the version of ${first.path}.`,
      fix: "Use another version.",
    });
  }
}

/** Reports requirements of the strategy and the props that the router or the runtime cannot meet. */
export function checkRequirements(
  { comparedTrack, metrics }: Requirements,
  ofProps: readonly RouterNeed[],
  { routing, server }: Pick<AnyCheckedRollout, "routing" | "server">,
  diagnostics: Diagnostics,
): void {
  const compared = comparedTrack !== undefined;
  const ofRouter: RouterNeed[] = compared ? [{ capability: "mirror", path: "routing" }] : [];
  const ofRuntime: RuntimeNeed[] = [
    ...(metrics.length > 0 ? [{ capability: "feedback", path: "runtime" } as const] : []),
    ...(metrics.some(({ maturitySeconds = 0 }) => maturitySeconds > 0)
      ? [{ capability: "maturity", path: "runtime" } as const]
      : []),
    ...(compared ? [{ capability: "comparison", path: "runtime" } as const] : []),
  ];
  checkRouterCapabilities(routing, [...ofRouter, ...ofProps], diagnostics);
  checkGatewayMetrics(routing, diagnostics);
  checkRuntimeCapabilities(server, ofRuntime, diagnostics);
}

function checkMonitored({ enabled }: Monitoring, diagnostics: Diagnostics): void {
  if (enabled) return;
  diagnostics.error("SLW203", "monitoring.enabled", {
    message: "it is false, so there would be nothing to judge the rollout by.",
    fix: "Leave it out.",
  });
}

/** Scrapes that an interval must contain: a rate needs two, and at each end one may be late or missing. */
const SCRAPES_PER_INTERVAL = 4;

/** The largest share of a stage in which latency does not count. */
const LARGEST_WARM_UP = 0.5;

/** For how long a candidate is judged, at least, and the path of the prop that says so. */
interface ObservationTime {
  readonly path: string;
  readonly seconds: number;
}

/** Reports a warm-up that takes most of an observation time. */
export function checkWarmUp(
  { warmUp = 0 }: Pick<Comparison, "warmUp">,
  { path, seconds }: ObservationTime,
  diagnostics: Diagnostics,
): void {
  const longest = Math.floor(seconds * LARGEST_WARM_UP);
  if (warmUp <= longest) return;
  diagnostics.error("SLW114", "analysis.warmUp", {
    message: `for ${formatDuration(warmUp)} of ${path}, ${formatDuration(seconds)}, latency would not count.`,
    allowed: `up to ${formatDuration(longest)}, half of it`,
    fix: `Shorten it, or make ${path} longer.`,
  });
}

/** Reports an observation time that contains too few scrapes. */
export function checkObservationTime(
  { scrapeInterval }: Monitoring,
  time: ObservationTime,
  diagnostics: Diagnostics,
): void {
  const least = SCRAPES_PER_INTERVAL * scrapeInterval;
  if (time.seconds >= least) return;
  diagnostics.error("SLW106", time.path, {
    message: `${formatDuration(time.seconds)} contains fewer than ${SCRAPES_PER_INTERVAL} scrapes, one every ${formatDuration(scrapeInterval)}.`,
    allowed: `${formatDuration(least)} or longer`,
    fix: "Make it longer, or shorten monitoring.scrapeInterval.",
  });
}

/** Reports a maturity that leaves too little of the time in which a version is judged. */
export function checkMaturity(
  { name, maturity }: { readonly name: string; readonly maturity: number },
  path: string,
  { scrapeInterval }: Monitoring,
  time: { readonly path: string; readonly seconds: number },
  diagnostics: Diagnostics,
): void {
  const most = Math.max(0, time.seconds - SCRAPES_PER_INTERVAL * scrapeInterval);
  if (maturity <= most || maturity === 0) return;
  diagnostics.warning("SLW116", `${path}.maturity`, {
    message: `values of ${name} count ${formatDuration(maturity)} after their predictions, but ${time.path} is ${formatDuration(time.seconds)}.`,
    allowed: `up to ${formatDuration(most)}`,
    fix: `Shorten it, or lengthen ${time.path} to ${formatDuration(time.seconds - most + maturity)} or more.`,
  });
}

/** Reports business metrics with the same name or without a range. */
export function checkBusinessMetrics(metrics: readonly BusinessMetric[], path: string, diagnostics: Diagnostics): void {
  metrics.forEach((metric, index) => {
    const at = `${path}[${index}]`;
    if (metrics.findIndex(({ name }) => name === metric.name) < index) {
      diagnostics.error("SLW109", `${at}.name`, {
        message: `there is another metric "${metric.name}".`,
        fix: "Remove one of them.",
      });
    }
    if (metric.lowerBound >= metric.upperBound) {
      diagnostics.error("SLW110", `${at}.upperBound`, {
        message: `${metric.upperBound} is not above lowerBound, ${metric.lowerBound}.`,
        fix: "Use the smallest and the largest value that can be sent.",
      });
    }
  });
}
