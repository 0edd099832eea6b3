import type { Report } from "../../core/findings/report";
import { isLate } from "../../core/late";
import { checkProduction } from "../common/production";
import { checkMetrics, checkRollout, checkWatchTime } from "../common/rollout-guardrails";
import type { BlueGreenRead } from "./checks";
import { Colour, IdleColour } from "./props";

/** What refuses a pair although each of its props is sound by itself. */
export function checkPair(props: BlueGreenRead, report: Report): void {
  checkRollout(props, report);
  checkVersions(props, report);
  checkWatchTime(props.monitoring, { path: "watchFor", seconds: props.watchFor }, report);
  checkMetrics(props.analysis.metrics, "analysis.metrics", report);
  checkSizes(props, report);
  checkPreview(props, report);
  checkControl(props, report);
  const [blue, green] = [
    { path: "blue", model: props.blue },
    { path: "green", model: props.green },
  ] as const;
  checkProduction(props, [blue, green], [green], report);
}

function checkVersions({ blue, green }: BlueGreenRead, report: Report): void {
  if (blue.version !== green.version) return;
  report.error("SLW101", "green.version", {
    message: `${green.version} is blue's version already.`,
    fix: "Name the new version; once it serves, it becomes `blue` and the next one `green`.",
  });
}

function checkSizes({ preparedReplicas, standbyReplicas, autoscaling }: BlueGreenRead, report: Report): void {
  const { minReplicas, maxReplicas } = autoscaling;
  if (preparedReplicas !== undefined && (preparedReplicas < minReplicas || preparedReplicas > maxReplicas)) {
    report.error("SLW301", "preparedReplicas", {
      message: `${preparedReplicas} is not between minReplicas, ${minReplicas}, and maxReplicas, ${maxReplicas}.`,
      allowed: `${minReplicas} to ${maxReplicas}`,
      fix: "Give as many replicas as the live version has at its busiest, or leave it out.",
    });
  }
  if (standbyReplicas > maxReplicas) {
    report.error("SLW302", "standbyReplicas", {
      message: `${standbyReplicas} is more than maxReplicas, ${maxReplicas}.`,
      allowed: `1 to ${maxReplicas}`,
      fix: "Lower it: a standby serves nobody.",
    });
  }
}

function checkPreview({ preview, routing }: BlueGreenRead, report: Report): void {
  if (preview === undefined) return;
  if (preview.hosts.length === 0) {
    report.error("SLW209", "preview.hosts", {
      message: "it is empty, so nobody could try green.",
      fix: "Name a host, or leave out preview.",
    });
  }
  const live = routing.istio?.hosts ?? [];
  preview.hosts.forEach((host, index) => {
    if (isLate(host) || !live.includes(host)) return;
    report.error("SLW303", `preview.hosts[${index}]`, {
      message: `"${host}" is a host of the live version as well, so users would meet green untested.`,
      fix: `Give the preview a host of its own, such as "preview.${host}".`,
    });
  });
}

function checkControl({ controller, live, idle }: BlueGreenRead, report: Report): void {
  if (!controller.enabled || (live === Colour.Blue && idle === IdleColour.Full)) return;
  report.error("SLW005", live === Colour.Blue ? "idle" : "live", {
    message: "the switch is declared here and made by a controller as well.",
    fix: 'Leave `live: "blue"` and no `idle`, or leave out controller.enabled.',
  });
}
