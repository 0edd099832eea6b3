import { strategyOf } from "../registry";
import type { Calibration } from "./calibrate";
import { durationOf, type ServiceHistory } from "./history";

const { max, min } = Math;

/** How often a version was rolled back that was compared with itself. */
export interface FalseAlarmRate {
  readonly runs: number;
  readonly falseAlarms: number;
  /**
   * How many independent runs the overlapping ones are worth. Runs in the same period see the same incidents, so they agree
   * more than independent ones would; without a false alarm it is unknown how much, and only separate periods count.
   */
  readonly effectiveRuns: number;
}

export function falseAlarmRateOf({ runs, policy }: Calibration, history: ServiceHistory): FalseAlarmRate {
  const seconds = max(history.stepSeconds, strategyOf(policy).declaredSeconds(policy));
  const periods = max(1, min(runs.length, Math.floor(durationOf(history) / seconds)));
  const groups = new Map<number, number[]>();
  for (const { startedAt, outcome } of runs) {
    const period = Math.floor((startedAt - (history.intervals[0]?.at ?? 0)) / seconds);
    groups.set(period, [...(groups.get(period) ?? []), outcome === "rolled-back" ? 1 : 0]);
  }
  const falseAlarms = runs.filter(({ outcome }) => outcome === "rolled-back").length;
  const effectiveRuns =
    falseAlarms === 0 ? periods : max(periods, min(runs.length, runs.length / designEffect([...groups.values()])));
  return { runs: runs.length, falseAlarms, effectiveRuns };
}

/**
 * How many times as large the variance of a mean is because the values in a group resemble each other: from the intraclass
 * correlation, by analysis of variance (Kish, "Survey sampling").
 */
function designEffect(groups: readonly (readonly number[])[]): number {
  const size = groups.reduce((sum, group) => sum + group.length, 0);
  if (groups.length < 2 || size <= groups.length) return 1;
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mean = meanOf(groups.flat());
  const between =
    groups.reduce((sum, group) => sum + group.length * (meanOf(group) - mean) ** 2, 0) / (groups.length - 1);
  const within =
    groups.reduce((sum, group) => {
      const own = meanOf(group);
      return sum + group.reduce((squares, value) => squares + (value - own) ** 2, 0);
    }, 0) /
    (size - groups.length);
  const perGroup = size / groups.length;
  if (between + (perGroup - 1) * within <= 0) return 1;
  const correlation = (between - within) / (between + (perGroup - 1) * within);
  return 1 + (perGroup - 1) * max(0, correlation);
}
