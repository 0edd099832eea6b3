import type { Report } from "../../core/findings/report";
import { checkProduction } from "../common/production";
import { checkMetrics, checkRollout, checkWatchTime } from "../common/rollout-guardrails";
import type { CanaryRead } from "./checks";

/** What refuses a canary although each of its props is sound by itself. */
export function checkCanary(props: CanaryRead, weights: readonly number[], report: Report): void {
  checkRollout(props, report);
  checkVersions(props, report);
  checkWatchTime(props.monitoring, { path: "traffic.interval", seconds: props.traffic.interval }, report);
  checkStage(props, weights, report);
  checkMetrics(props.analysis.metrics, "analysis.metrics", report);
  const [stable, canary] = [
    { path: "stable", model: props.stable },
    { path: "canary", model: props.canary },
  ] as const;
  checkProduction(props, [stable, canary], [canary], report);
}

function checkVersions({ stable, canary }: CanaryRead, report: Report): void {
  if (stable.version !== canary.version) return;
  report.error("SLW101", "canary.version", {
    message: `${canary.version} is the stable version already.`,
    fix: "Name the new version; after a promotion it becomes `stable` and the next one `canary`.",
  });
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
