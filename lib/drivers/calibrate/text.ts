import { formatCount, formatDuration, formatNumber, formatPercent, formatShare, NO_VALUE } from "../../core/format";
import { markdownTable } from "../../core/markdown-table";
import type { CalibrationReport } from "./report";

/** The result of a calibration, as text. */
export function formatCalibration(report: CalibrationReport): string {
  const { name, title, history, runs, split, leftOut: _, ...result } = report;
  const { from, until, pods, requestsPerSecond, errorRate, stepSeconds } = history;
  return [
    `${name}: ${title}, replayed ${formatCount(runs)} times with one version in both roles`,
    `${from} to ${until} in steps of ${formatDuration(stepSeconds)}: up to ${pods} pod${pods === 1 ? "" : "s"}, ${formatNumber(requestsPerSecond)} requests/s, ${formatShare(errorRate)} errors; divided by ${split}`,
    "",
    ...outcomesTable(report),
    "",
    describeRate(report),
    ...section("False alarms:", falseAlarmsTable(report)),
    ...section(
      "What to change:",
      result.advice.map((each) => `- ${each}`),
    ),
    ...section(
      "What this replay can see:",
      result.notes.map((each) => `- ${each}`),
    ),
    "",
  ].join("\n");
}

const section = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", heading, "", ...lines];

function outcomesTable({ outcomes, runs }: CalibrationReport): string[] {
  const rows = [
    ["promoted", outcomes.promoted + outcomes.completed],
    ["rolled back, a false alarm", outcomes["rolled-back"]],
    ["paused without a verdict", outcomes.paused],
    ["cut off by the end of the history", outcomes.unfinished],
  ] as const;
  return markdownTable([
    ["outcome", "runs", "share"],
    ...rows.map(([outcome, count]) => [outcome, formatCount(count), formatShare(count / Math.max(1, runs))]),
  ]);
}

function describeRate({ falseAlarmRate, low, high, claim, effectiveRuns, runs, verdict }: CalibrationReport): string {
  const interval = `95% interval ${formatShare(low)} to ${formatShare(high)}`;
  const overlap =
    effectiveRuns < runs ? `; the runs overlap and are worth ${formatCount(effectiveRuns)} separate ones` : "";
  const claimed = `the plan claims at most ${formatPercent(claim)}`;
  const conclusion = {
    "within-claim": `${claimed}, and the past agrees`,
    "over-claim": `${claimed}, and the past contradicts it`,
    "not-enough-history": `${claimed}, which this past neither shows nor contradicts`,
  }[verdict];
  return `False-alarm rate: ${formatShare(falseAlarmRate)} (${interval}${overlap}); ${conclusion}.`;
}

/** Examples of each gate that are shown. */
const EXAMPLES = 2;

function falseAlarmsTable({ falseAlarms }: CalibrationReport): readonly string[] {
  if (falseAlarms.length === 0) return [];
  const gates = [...new Set(falseAlarms.map(({ gate }) => gate))];
  const rows = gates.flatMap((gate) => {
    const ofGate = falseAlarms.filter((each) => each.gate === gate);
    return ofGate
      .slice(0, EXAMPLES)
      .map(({ endedAt, weight, reason }, i) => [
        i === 0 ? (gate ?? NO_VALUE) : "",
        i === 0 ? formatCount(ofGate.length) : "",
        endedAt,
        `${weight}%`,
        reason,
      ]);
  });
  return markdownTable([["gate", "count", "for example at", "weight", "figures"], ...rows]);
}
