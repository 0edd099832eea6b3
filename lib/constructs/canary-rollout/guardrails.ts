import type { Diagnostics } from "../../core/findings/diagnostics";
import { checkBusinessMetrics, checkMaturity, checkObservationTime, checkWarmUp } from "../common/rollout-guardrails";
import type { ParsedCanaryProps } from "./schema";
import { checkWeights, stageCount } from "./weights";

/** Rules across the props of a canary. */
export function checkCanary(props: ParsedCanaryProps, diagnostics: Diagnostics): void {
  checkWeights(props.traffic, diagnostics);
  checkVersions(props, diagnostics);
  const time = { path: "traffic.interval", seconds: props.traffic.interval };
  checkObservationTime(props.monitoring, time, diagnostics);
  checkWarmUp(props.analysis, time, diagnostics);
  checkStage(props, diagnostics);
  checkBusinessMetrics(props.analysis.metrics, "analysis.metrics", diagnostics);
  props.analysis.metrics.forEach((metric, i) =>
    checkMaturity(metric, `analysis.metrics[${i}]`, props.monitoring, time, diagnostics),
  );
}

function checkVersions({ stable, canary }: ParsedCanaryProps, diagnostics: Diagnostics): void {
  if (stable.version !== canary.version) return;
  diagnostics.error("SLW101", "canary.version", {
    message: `${canary.version} is already the stable version.`,
    fix: "Name the new version; after a promotion it becomes `stable` and the next one `canary`.",
  });
}

function checkStage({ traffic, canary, controller }: ParsedCanaryProps, diagnostics: Diagnostics): void {
  const { stage } = traffic;
  if (stage === undefined) return;
  const stages = stageCount(traffic);
  if (controller.enabled) {
    diagnostics.error("SLW005", "traffic.stage", {
      message: "both this program and a controller set the stage.",
      fix: "Leave out traffic.stage, or controller.enabled.",
    });
  }
  if (stage.canary !== canary.version) {
    diagnostics.error("SLW105", "traffic.stage.canary", {
      message: `the stage was reached by ${stage.canary}; the canary is now ${canary.version}.`,
      fix: `Start again: \`stage: { canary: "${canary.version}", number: 0 }\`, or leave it out.`,
    });
  }
  if (stage.number > stages) {
    diagnostics.error("SLW104", "traffic.stage.number", {
      message: `there is no stage ${stage.number}.`,
      allowed: `0 to ${stages}`,
      fix: "See the stages with `slipway timetable`.",
    });
  }
}
