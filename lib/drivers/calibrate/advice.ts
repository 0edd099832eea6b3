import { formatDuration, formatLatency, formatNumber, formatPercent, formatShare } from "../../core/format";
import type { Calibration } from "../../strategies/calibration/calibrate";
import { DivisionUnit } from "../../strategies/calibration/divide";
import { durationOf, type PodCounts, type ServiceHistory } from "../../strategies/calibration/history";
import {
  podDifferencesOf,
  quantileAmong,
  recordOf,
  slowestPodOf,
  windowsOf,
  type ObjectiveRecord,
} from "../../strategies/calibration/measures";
import type { Gate } from "../../strategies/gate";
import { strategyOf } from "../../strategies/registry";
import type { CalibrationVerdict } from "./verdict";

/** Share of the windows that may miss an objective before it counts as tighter than the past. */
const TOLERATED_MISSES = 0.1;

/** Clumps of this size matter. */
const NOTABLE_CLUMP = 2;

/** Share of the runs without a verdict from which traffic is too thin. */
const NOTABLE_PAUSES = 0.05;

/** What to change, by cause, the most certain cause first. */
export function advise(
  calibration: Calibration,
  history: ServiceHistory,
  verdict: CalibrationVerdict,
): readonly string[] {
  const { policy } = calibration;
  const strategy = strategyOf(policy);
  const seconds = strategy.declaredSeconds(policy) / Math.max(1, strategy.stageCount(policy));
  const windows = windowsOf(history, Math.max(seconds, history.stepSeconds));
  const causes = [
    ...tightObjectives(calibration, history, windows, seconds),
    ...differencesBetweenPods(calibration, history),
    ...slowPods(calibration, history),
    ...withoutBaseline(calibration),
    ...shortIncidents(calibration),
  ];
  return [
    ...causes,
    ...(verdict === "over-claim" && causes.length === 0 ? [UNEXPLAINED] : []),
    ...thinTraffic(calibration, windows, seconds),
    ...(verdict === "not-enough-history" ? [longerHistory(calibration, history)] : []),
  ];
}

const UNEXPLAINED =
  "None of the known causes explains the false alarms: look at the examples. A smaller analysis.falseAlarmRate or a wider margin makes them rarer, and regressions are found later.";

function tightObjectives(
  { policy }: Calibration,
  history: ServiceHistory,
  windows: readonly PodCounts[],
  seconds: number,
): readonly string[] {
  return policy.gates.flatMap((gate) => {
    const record = recordOf(gate, history, windows);
    if (record === undefined || (record.share <= record.allowed && record.missed <= TOLERATED_MISSES)) return [];
    return [describeTight(gate, record, seconds)];
  });
}

function describeTight(gate: Gate, { share, allowed, missed, attainable }: ObjectiveRecord, seconds: number): string {
  const isLatency = gate.kind === "latency-objective";
  const [prop, target] = isLatency
    ? ["objectives.latencyP95", formatLatency(attainable)]
    : ["objectives.errorRate", formatShare(attainable)];
  const what = isLatency ? `took longer than ${formatLatency(gate.limitSeconds)}` : "failed";
  return `${prop} is tighter than the service's own past: ${formatShare(share)} of the requests ${what}, ${formatPercent(allowed)} is allowed, and ${formatShare(missed)} of the windows of ${formatDuration(seconds)} missed it. 95% of them meet ${target}: declare that, or improve the service first.`;
}

const failedBy = ({ policy, runs }: Calibration, kinds: readonly Gate["kind"][]): number => {
  const ids = policy.gates.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  return runs.filter(({ gate }) => gate !== undefined && ids.includes(gate)).length;
};

function differencesBetweenPods(calibration: Calibration, history: ServiceHistory): readonly string[] {
  if (failedBy(calibration, ["error-rate-comparison", "error-rate-objective"]) === 0) return [];
  const { dispersion, worst } = podDifferencesOf(history);
  if (worst !== undefined) {
    return [
      `Pod ${worst.pod} failed ${formatShare(worst.share)} of its requests, the others ${formatShare(worst.others)} at the same time: find out what is wrong with it, or with its node.`,
    ];
  }
  if (dispersion === undefined || dispersion < NOTABLE_CLUMP) return [];
  return [
    `Errors come in clumps of about ${formatNumber(dispersion)} on one pod, such as callers that retry on the same pod or failed batches. Let them retry elsewhere or less often, or raise analysis.errorRateMargin.`,
  ];
}

function slowPods(calibration: Calibration, history: ServiceHistory): readonly string[] {
  const { gates } = calibration.policy;
  const gate = gates.find(({ kind }) => kind === "latency-comparison");
  if (gate?.kind !== "latency-comparison" || failedBy(calibration, [gate.kind]) === 0) return [];
  const slowest = slowestPodOf(history, gate.quantile);
  if (slowest === undefined || slowest.median <= 0) return [];
  const excess = slowest.seconds / slowest.median - 1;
  if (excess <= gate.margin / 2) return [];
  const margin = Math.ceil((gate.margin + excess) * 20) / 20;
  return [
    `The p${gate.quantile * 100} of pod ${slowest.pod} is ${formatLatency(slowest.seconds)}, the median of all pods ${formatLatency(slowest.median)}: make the pods equal (nodes, CPU limits), or raise analysis.latencyMargin from ${gate.margin} to about ${margin}.`,
  ];
}

function withoutBaseline({ runs }: Calibration): readonly string[] {
  const falseAlarms = runs.filter(({ outcome }) => outcome === "rolled-back");
  const late = falseAlarms.filter(({ share }) => share >= 1).length;
  if (late === 0) return [];
  return [
    `${late} of ${falseAlarms.length} false alarms came when the candidate had all of the traffic, so that it was compared with the past and not with a baseline of the same time. Keep a few percent on the baseline to the end.`,
  ];
}

function shortIncidents({ unit, runs }: Calibration): readonly string[] {
  if (unit !== DivisionUnit.Intervals || runs.every(({ outcome }) => outcome !== "rolled-back")) return [];
  return [
    "The intervals took turns, so these false alarms may be incidents of the whole service that no rollout would blame on one version. If --split requests shows none, only clumps and short incidents are in question; run two pods to tell them apart.",
  ];
}

/** Share of the windows with less traffic than the one that is quoted. */
const QUIET = 0.1;

function thinTraffic({ runs, policy }: Calibration, windows: readonly PodCounts[], seconds: number): readonly string[] {
  const paused = runs.filter(({ outcome, isUnwell }) => outcome === "paused" && !isUnwell);
  const [first] = paused;
  if (first === undefined || paused.length < NOTABLE_PAUSES * runs.length) return [];
  const quiet = quantileAmong(
    windows.map(({ requests }) => requests / seconds),
    QUIET,
  );
  return [
    `${formatShare(paused.length / runs.length)} of the runs paused because samples were missing, for example at ${formatPercent(first.share)} of the traffic. In the quietest tenth of the past the service had up to ${formatNumber(quiet)} requests/s, and a stage needs ${policy.minimumSamples} from the candidate: lengthen the stages, begin with a larger weight, or start when it is busy.`,
  ];
}

/** z² of a 95% interval: with so many runs per claimed rate and no false alarm, Wilson's interval ends at the claim. */
const Z_SQUARED = 3.84;

const DAY = 86_400;
const roundTo = (unit: number, value: number): number => Math.max(1, Math.round(value / unit)) * unit;

function longerHistory({ policy }: Calibration, history: ServiceHistory): string {
  const seconds = strategyOf(policy).declaredSeconds(policy);
  const needed = Math.ceil(Z_SQUARED * (1 / policy.falseAlarmRate - 1)) * seconds;
  const [length, goal] = [durationOf(history), needed].map((time) =>
    formatDuration(roundTo(time < DAY ? 3600 : DAY, time)),
  );
  return `The history of ${length} is too short to show a rate of at most ${formatPercent(policy.falseAlarmRate)}: even without a false alarm, that takes about ${goal}. It does show much larger rates.`;
}
