import type { Report } from "../../core/findings/report";
import { formatDuration } from "../../core/values/duration";
import { checkReplicas } from "../common/autoscaler";
import { checkCommon } from "../common/guardrails";
import { checkProduction } from "../common/production";
import type { CanaryAnalysis, CanaryRead } from "./checks";

/** Scrapes that an interval must hold: a rate needs two, and one may be late or missed at each end. */
const SCRAPES_PER_INTERVAL = 4;

/** What refuses a canary although each of its props is sound by itself. */
export function checkCanary(props: CanaryRead, weights: readonly number[], report: Report): void {
  checkCommon(props, report);
  checkReplicas(props.autoscaling, report);
  checkVersions(props, report);
  checkWatched(props, report);
  checkRoute(props, report);
  checkStage(props, weights, report);
  checkMetrics(props.analysis, report);
  const [stable, canary] = [
    { path: "stable", model: props.stable },
    { path: "canary", model: props.canary },
  ] as const;
  checkProduction(props, [stable, canary], canary, report);
}

function checkVersions({ stable, canary }: CanaryRead, report: Report): void {
  if (stable.version !== canary.version) return;
  report.error("SLW101", "canary.version", {
    message: `${canary.version} is the stable version already.`,
    fix: "Name the new version; after a promotion it becomes `stable` and the next one `canary`.",
  });
}

function checkWatched({ monitoring, traffic }: CanaryRead, report: Report): void {
  if (!monitoring.enabled) {
    report.error("SLW203", "monitoring.enabled", {
      message: "it is false, so there would be nothing to judge the rollout by.",
      fix: "Leave it out.",
    });
  }
  const least = SCRAPES_PER_INTERVAL * monitoring.scrapeInterval;
  if (traffic.interval >= least) return;
  report.error("SLW106", "traffic.interval", {
    message: `${formatDuration(traffic.interval)} holds fewer than ${SCRAPES_PER_INTERVAL} scrapes of ${formatDuration(monitoring.scrapeInterval)}.`,
    allowed: `${formatDuration(least)} or longer`,
    fix: "Lengthen the interval, or shorten monitoring.scrapeInterval.",
  });
}

function checkRoute({ routing }: CanaryRead, report: Report): void {
  if (routing.istio === undefined) {
    report.error("SLW005", "routing", {
      message: "it names no router.",
      allowed: "exactly one of: istio",
      fix: "Give `routing: { istio: { hosts, gateways } }`.",
    });
    return;
  }
  for (const key of ["hosts", "gateways"] as const) {
    if (routing.istio[key].length > 0) continue;
    report.error("SLW209", `routing.istio.${key}`, {
      message: "it is empty, so no traffic would reach the rollout.",
      fix: `Name at least one of the ${key}.`,
    });
  }
}

function checkStage({ traffic, canary, controller }: CanaryRead, weights: readonly number[], report: Report): void {
  const { stage } = traffic;
  if (stage === undefined) return;
  if (controller.enabled) {
    report.error("SLW005", "traffic.stage", {
      message: "the stage is declared here and moved by a controller as well.",
      fix: "Leave out traffic.stage, or controller.enabled.",
    });
  }
  if (stage.canary !== canary.version) {
    report.error("SLW105", "traffic.stage.canary", {
      message: `the stage was reached by ${stage.canary}; the canary is ${canary.version} now.`,
      fix: `Begin again: \`stage: { canary: "${canary.version}", number: 0 }\`, or leave it out.`,
    });
  }
  if (stage.number > weights.length) {
    report.error("SLW104", "traffic.stage.number", {
      message: `there is no stage ${stage.number}.`,
      allowed: `0 to ${weights.length}`,
      fix: "See the stages with `slipway timetable`.",
    });
  }
}

function checkMetrics({ metrics }: CanaryAnalysis, report: Report): void {
  metrics.forEach((metric, index) => {
    const at = `analysis.metrics[${index}]`;
    if (metrics.findIndex(({ name }) => name === metric.name) < index) {
      report.error("SLW109", `${at}.name`, {
        message: `"${metric.name}" is there already.`,
        fix: "Remove one of them.",
      });
    }
    if (metric.lowerBound >= metric.upperBound) {
      report.error("SLW110", `${at}.upperBound`, {
        message: `${metric.upperBound} is not above lowerBound, ${metric.lowerBound}.`,
        fix: "Give the least and the largest value that can be sent.",
      });
    }
  });
}
