import type { Diagnostics } from "../../core/findings/diagnostics";
import { checkProduction } from "../common/production";
import { checkMetrics, checkRollout, checkWatchTime } from "../common/rollout-guardrails";
import type { ParsedCanaryProps } from "./schema";

/** What refuses a canary although each of its props is sound by itself. */
export function checkCanary(props: ParsedCanaryProps, weights: readonly number[], diagnostics: Diagnostics): void {
  checkRollout(props, diagnostics);
  checkVersions(props, diagnostics);
  checkWatchTime(props.monitoring, { path: "traffic.interval", seconds: props.traffic.interval }, diagnostics);
  checkStage(props, weights, diagnostics);
  checkMetrics(props.analysis.metrics, "analysis.metrics", diagnostics);
  const [stable, canary] = [
    { path: "stable", model: props.stable },
    { path: "canary", model: props.canary },
  ] as const;
  checkProduction(props, [stable, canary], [canary], diagnostics);
}

function checkVersions({ stable, canary }: ParsedCanaryProps, diagnostics: Diagnostics): void {
  if (stable.version !== canary.version) return;
  diagnostics.error("SLW101", "canary.version", {
    message: `${canary.version} is the stable version already.`,
    fix: "Name the new version; after a promotion it becomes `stable` and the next one `canary`.",
  });
}

function checkStage(
  { traffic, canary, controller }: ParsedCanaryProps,
  weights: readonly number[],
  diagnostics: Diagnostics,
): void {
  const { stage } = traffic;
  if (stage === undefined) return;
  if (controller.enabled) {
    diagnostics.error("SLW005", "traffic.stage", {
      message: "the stage is declared here and moved by a controller as well.",
      fix: "Leave out traffic.stage, or controller.enabled.",
    });
  }
  if (stage.canary !== canary.version) {
    diagnostics.error("SLW105", "traffic.stage.canary", {
      message: `the stage was reached by ${stage.canary}; the canary is ${canary.version} now.`,
      fix: `Begin again: \`stage: { canary: "${canary.version}", number: 0 }\`, or leave it out.`,
    });
  }
  if (stage.number > weights.length) {
    diagnostics.error("SLW104", "traffic.stage.number", {
      message: `there is no stage ${stage.number}.`,
      allowed: `0 to ${weights.length}`,
      fix: "See the stages with `slipway timetable`.",
    });
  }
}
