import { formatDuration } from "../../core/format";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { BanditAlgorithm } from "../../strategies/bandit/policy";
import { checkBusinessMetrics, checkMaturity, checkObservationTime } from "../common/rollout-guardrails";
import { checkSplit } from "../common/split";
import type { ParsedBanditProps } from "./schema";

/** Rules across the props of a bandit. */
export function checkBandit(props: ParsedBanditProps, diagnostics: Diagnostics): void {
  checkArms(props, diagnostics);
  checkReward(props, diagnostics);
  checkFloor(props, diagnostics);
  checkSplits(props, diagnostics);
  checkAlgorithm(props, diagnostics);
  checkTimes(props, diagnostics);
  checkMaturities(props, diagnostics);
  checkBusinessMetrics(props.analysis.metrics, "analysis.metrics", diagnostics);
}

function checkArms({ arms }: ParsedBanditProps, diagnostics: Diagnostics): void {
  if (arms.length < 2) {
    diagnostics.error("SLW331", "arms", {
      message: arms.length === 0 ? "there is no arm." : `${arms[0]?.version} is the only arm.`,
      allowed: "two arms or more",
      fix: "Add a version to compare with it, or use ModelService for a single version.",
    });
  }
  arms.forEach(({ version }, index) => {
    if (arms.findIndex((arm) => arm.version === version) === index) return;
    diagnostics.error("SLW332", `arms[${index}].version`, {
      message: `${version} is already an arm.`,
      fix: "Remove it, or name another version.",
    });
  });
}

function checkReward({ reward }: ParsedBanditProps, diagnostics: Diagnostics): void {
  if (reward.lowerBound < reward.upperBound) return;
  diagnostics.error("SLW110", "reward.upperBound", {
    message: `${reward.upperBound} is not above lowerBound, ${reward.lowerBound}.`,
    fix: "Use the smallest and the largest reward that can be sent.",
  });
}

function checkFloor({ arms, traffic }: ParsedBanditProps, diagnostics: Diagnostics): void {
  const most = Math.ceil(100 / arms.length) - 1;
  if (arms.length < 2 || traffic.floor <= most) return;
  diagnostics.error("SLW333", "traffic.floor", {
    message: `${arms.length} arms with at least ${traffic.floor}% each leave nothing to move.`,
    allowed: `1 to ${most} for ${arms.length} arms`,
    fix: "Lower it, or remove an arm.",
  });
}

function checkSplits(props: ParsedBanditProps, diagnostics: Diagnostics): void {
  const { arms, traffic, controller } = props;
  const { floor, warmUp, split } = traffic;
  if (warmUp.split !== undefined) {
    checkSplit(warmUp.split, "traffic.warmUp.split", { models: arms, noun: "arm" }, diagnostics);
    for (const { version } of arms) {
      const weight = warmUp.split[version];
      if (weight === undefined || weight >= floor) continue;
      diagnostics.error("SLW336", `traffic.warmUp.split[${JSON.stringify(version)}]`, {
        message: `${weight}% for ${version} is below the floor of ${floor}%.`,
        fix: "Raise it, or lower traffic.floor.",
      });
    }
  }
  if (split === undefined) return;
  checkSplit(split, "traffic.split", { models: arms, noun: "arm" }, diagnostics);
  if (!controller.enabled) return;
  diagnostics.error("SLW005", "traffic.split", {
    message: "both this program and a controller set the split.",
    fix: "Leave out traffic.split, or controller.enabled.",
  });
}

function checkAlgorithm({ traffic }: ParsedBanditProps, diagnostics: Diagnostics): void {
  const settings = [
    ["epsilon", BanditAlgorithm.EpsilonGreedy],
    ["exploration", BanditAlgorithm.Ucb],
  ] as const;
  for (const [key, algorithm] of settings) {
    if (traffic[key] === undefined || traffic.algorithm === algorithm) continue;
    diagnostics.error("SLW337", `traffic.${key}`, {
      message: `"${traffic.algorithm}" does not use it.`,
      fix: `Leave it out, or write \`algorithm: "${algorithm}"\`.`,
    });
  }
}

/** A bandit without an end waits for rewards as long as they take. */
function checkMaturities({ traffic, reward, analysis, monitoring }: ParsedBanditProps, diagnostics: Diagnostics): void {
  if (traffic.duration === undefined) return;
  const time = { path: "traffic.duration", seconds: traffic.duration };
  checkMaturity({ name: reward.metric, ...reward }, "reward", monitoring, time, diagnostics);
  analysis.metrics.forEach((metric, i) =>
    checkMaturity(metric, `analysis.metrics[${i}]`, monitoring, time, diagnostics),
  );
}

function checkTimes({ traffic, monitoring }: ParsedBanditProps, diagnostics: Diagnostics): void {
  const { updateEvery, halfLife, duration } = traffic;
  checkObservationTime(monitoring, { path: "traffic.updateEvery", seconds: updateEvery }, diagnostics);
  if (halfLife !== undefined && halfLife < updateEvery) {
    diagnostics.error("SLW338", "traffic.halfLife", {
      message: `the weight of a reward halves every ${formatDuration(halfLife)}, but the split moves only every ${formatDuration(updateEvery)}.`,
      allowed: `${formatDuration(updateEvery)} or longer; the longer, the more certain`,
      fix: "Lengthen it: a few hours follow daily changes, a few days weekly ones.",
    });
  }
  if (duration !== undefined && duration < 2 * updateEvery) {
    diagnostics.error("SLW339", "traffic.duration", {
      message: `${formatDuration(duration)} ends before rewards can move the split by more than one step.`,
      allowed: `${formatDuration(2 * updateEvery)} or longer`,
      fix: "Lengthen it, or leave it out.",
    });
  }
}
