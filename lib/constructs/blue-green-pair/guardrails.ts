import type { Diagnostics } from "../../core/findings/diagnostics";
import { isDeferred } from "../../core/deferred";
import { checkBusinessMetrics, checkMaturity, checkObservationTime, checkWarmUp } from "../common/rollout-guardrails";
import { routerOf, type RouterNeed } from "../../routing/registry";
import type { ParsedBlueGreenProps } from "./schema";
import { BlueGreenColor, IdleColor } from "./props";

/** What a pair requires of its router. */
export function routerNeeds({ preview, standbyMirror }: ParsedBlueGreenProps): RouterNeed[] {
  return [
    ...(preview === undefined ? [] : [{ capability: "preview", path: "preview" } as const]),
    ...(standbyMirror === 0
      ? []
      : [{ capability: "mirror", path: "standbyMirror", without: "Set `standbyMirror: 0`" } as const]),
  ];
}

/** Rules across the props of a pair. */
export function checkPair(props: ParsedBlueGreenProps, diagnostics: Diagnostics): void {
  checkVersions(props, diagnostics);
  const time = { path: "watchFor", seconds: props.watchFor };
  checkObservationTime(props.monitoring, time, diagnostics);
  checkWarmUp(props.analysis, time, diagnostics);
  checkBusinessMetrics(props.analysis.metrics, "analysis.metrics", diagnostics);
  props.analysis.metrics.forEach((metric, i) =>
    checkMaturity(metric, `analysis.metrics[${i}]`, props.monitoring, time, diagnostics),
  );
  checkSizes(props, diagnostics);
  checkMirror(props, diagnostics);
  checkPreview(props, diagnostics);
  checkControl(props, diagnostics);
}

function checkVersions({ blue, green }: ParsedBlueGreenProps, diagnostics: Diagnostics): void {
  if (blue.version !== green.version) return;
  diagnostics.error("SLW101", "green.version", {
    message: `${green.version} is already the version of blue.`,
    fix: "Name the new version; once it is live, it becomes `blue` and the next one `green`.",
  });
}

function checkSizes(
  { preparedReplicas, standbyReplicas, autoscaling }: ParsedBlueGreenProps,
  diagnostics: Diagnostics,
): void {
  const { minReplicas, maxReplicas } = autoscaling;
  if (preparedReplicas !== undefined && (preparedReplicas < minReplicas || preparedReplicas > maxReplicas)) {
    diagnostics.error("SLW301", "preparedReplicas", {
      message: `${preparedReplicas} is not between minReplicas, ${minReplicas}, and maxReplicas, ${maxReplicas}.`,
      allowed: `${minReplicas} to ${maxReplicas}`,
      fix: "Use as many replicas as the live version has at peak load, or leave it out.",
    });
  }
  if (standbyReplicas > maxReplicas) {
    diagnostics.error("SLW302", "standbyReplicas", {
      message: `${standbyReplicas} is more than maxReplicas, ${maxReplicas}.`,
      allowed: `1 to ${maxReplicas}`,
      fix: "Lower it: a standby serves no users.",
    });
  }
}

function checkMirror({ standbyMirror }: ParsedBlueGreenProps, diagnostics: Diagnostics): void {
  if (standbyMirror > 0) return;
  diagnostics.warning("SLW304", "standbyMirror", {
    message:
      "with 0% of the requests copied to blue, green is compared only with what blue did before the switch, so an outage or a busy hour looks like a regression of green.",
    allowed: "0 to 50",
    fix: "Leave it out, which copies 5%, unless requests have side effects.",
  });
}

function checkPreview({ preview, routing }: ParsedBlueGreenProps, diagnostics: Diagnostics): void {
  if (preview === undefined) return;
  if (preview.hosts.length === 0) {
    diagnostics.error("SLW209", "preview.hosts", {
      message: "it is empty, so no request could reach green.",
      fix: "Name a host, or leave out preview.",
    });
  }
  const configured = routerOf(routing);
  const live = configured?.router.hosts(configured.settings) ?? [];
  preview.hosts.forEach((host, index) => {
    if (isDeferred(host) || !live.includes(host)) return;
    diagnostics.error("SLW303", `preview.hosts[${index}]`, {
      message: `"${host}" is a host of the live version as well, so users would reach green before it is tested.`,
      fix: `Use a separate host for the preview, such as "preview.${host}".`,
    });
  });
}

function checkControl({ controller, live, idle }: ParsedBlueGreenProps, diagnostics: Diagnostics): void {
  if (!controller.enabled || (live === BlueGreenColor.Blue && idle === IdleColor.Full)) return;
  diagnostics.error("SLW005", live === BlueGreenColor.Blue ? "idle" : "live", {
    message: "both this program and a controller make the switch.",
    fix: 'Leave `live: "blue"` and no `idle`, or leave out controller.enabled.',
  });
}
