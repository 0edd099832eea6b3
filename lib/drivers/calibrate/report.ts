import type { Plan } from "../../core/plan";
import type { Calibration } from "../../strategies/calibration/calibrate";
import { falseAlarmRateOf } from "../../strategies/calibration/false-alarms";
import { countsIn, durationOf, type ServiceHistory } from "../../strategies/calibration/history";
import type { ReplayedRollout } from "../../strategies/calibration/replay";
import { strategyOf } from "../../strategies/registry";
import { estimateOf } from "../rehearsal/report/estimate";
import { advise } from "./advice";
import { describeDivision } from "./division-notes";
import { verdictOf, type CalibrationVerdict } from "./verdict";

/** A false alarm, as in the JSON. */
interface FalseAlarm {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The candidate's share of the traffic, in percent. */
  readonly weight: number;
  /** Id of the gate; missing where no gate decided. */
  readonly gate?: string;
  readonly reason: string;
}

/** The result of `slipway calibrate`, as in its JSON. */
export interface CalibrationReport {
  readonly name: string;
  readonly title: string;
  readonly history: {
    readonly from: string;
    readonly until: string;
    readonly stepSeconds: number;
    /** Most pods at a time. */
    readonly pods: number;
    readonly requestsPerSecond: number;
    readonly errorRate: number;
  };
  /** What was divided between the two roles. */
  readonly split: string;
  readonly runs: number;
  /** Runs by how they ended. */
  readonly outcomes: Readonly<Record<ReplayedRollout["outcome"], number>>;
  /** Share of the runs that were rolled back, its 95% interval (Wilson), and what the plan claims at most. */
  readonly falseAlarmRate: number;
  readonly low: number;
  readonly high: number;
  readonly claim: number;
  /** How many independent runs the overlapping ones are worth. */
  readonly effectiveRuns: number;
  readonly verdict: CalibrationVerdict;
  readonly falseAlarms: readonly FalseAlarm[];
  readonly leftOut: readonly string[];
  /** What to change. */
  readonly advice: readonly string[];
  /** What this replay can and cannot see. */
  readonly notes: readonly string[];
}

export function buildCalibrationReport(
  plan: Plan,
  calibration: Calibration,
  history: ServiceHistory,
): CalibrationReport {
  const { policy, runs, unit, leftOut } = calibration;
  const strategy = strategyOf(policy);
  const versionOf = (track: string) => plan.tracks.find(({ name }) => name === track)?.version ?? track;
  const [baseline = "", candidate = ""] = strategy.tracks(policy).map(versionOf);
  const { falseAlarms, effectiveRuns } = falseAlarmRateOf(calibration, history);
  const falseAlarmRate = falseAlarms / Math.max(1, runs.length);
  const sum = falseAlarmRate * effectiveRuns;
  const interval = estimateOf({ count: effectiveRuns, sum, sumOfSquares: sum });
  // Without a false alarm the lower bound is 0 but for rounding.
  const bounds = { low: falseAlarms === 0 ? 0 : (interval?.low ?? 0), high: Math.min(1, interval?.high ?? 1) };
  const verdict = verdictOf(bounds, policy.falseAlarmRate);
  return {
    name: plan.name,
    title: strategy.title(baseline, candidate),
    history: summaryOf(history),
    split: unit,
    runs: runs.length,
    outcomes: outcomesOf(runs),
    falseAlarmRate,
    ...bounds,
    claim: policy.falseAlarmRate,
    effectiveRuns,
    verdict,
    falseAlarms: runs.filter(({ outcome }) => outcome === "rolled-back").map(falseAlarmOf),
    leftOut,
    advice: advise(calibration, history, verdict),
    notes: describeDivision(calibration, history),
  };
}

function summaryOf(history: ServiceHistory): CalibrationReport["history"] {
  const { intervals, stepSeconds } = history;
  const counts = intervals.map(countsIn);
  const sum = (key: "requests" | "errors"): number => counts.reduce((total, each) => total + each[key], 0);
  return {
    from: isoTime(intervals[0]?.at ?? 0),
    until: isoTime(intervals.at(-1)?.at ?? 0),
    stepSeconds,
    pods: intervals.reduce((most, { pods }) => Math.max(most, Object.keys(pods).length), 0),
    requestsPerSecond: sum("requests") / Math.max(1, durationOf(history) + stepSeconds),
    errorRate: sum("errors") / Math.max(1, sum("requests")),
  };
}

function outcomesOf(runs: readonly ReplayedRollout[]): CalibrationReport["outcomes"] {
  const counts = { promoted: 0, completed: 0, paused: 0, unfinished: 0, "rolled-back": 0 };
  for (const { outcome } of runs) counts[outcome] += 1;
  return counts;
}

const falseAlarmOf = ({ startedAt, endedAt, share, gate, reason }: ReplayedRollout): FalseAlarm => ({
  startedAt: isoTime(startedAt),
  endedAt: isoTime(endedAt),
  weight: Math.round(share * 100),
  ...(gate !== undefined && { gate }),
  reason,
});

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
