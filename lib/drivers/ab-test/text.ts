import { formatCount, formatDuration, formatNumber, formatPercent, NO_VALUE } from "../../core/format";
import { markdownTable } from "../../core/markdown-table";
import type { Difference } from "../../strategies/result";
import type { AbTestReport } from "./report";

/** The results of a test, as text. */
export function formatAbTest(report: AbTestReport): string {
  const { name, control, variants, metric, after, duration, falseWinRate, requests, reason, phase } = report;
  const rows = variants.map(({ version, verdict, changedFrom, values, difference }) => [
    version,
    changedFrom === undefined ? readable(verdict) : `${readable(verdict)} (was ${readable(changedFrom)})`,
    formatCount(requests[version] ?? 0),
    formatCount(values.variant),
    difference === undefined ? NO_VALUE : formatNumber(difference.variant),
    ...(difference === undefined ? [NO_VALUE, NO_VALUE] : formatRelative(difference)),
  ]);
  const [first] = variants;
  const controlRow = [
    `${control} (control)`,
    "",
    formatCount(requests[control] ?? 0),
    formatCount(first?.values.control ?? 0),
    first?.difference === undefined ? NO_VALUE : formatNumber(first.difference.control),
    "",
    "",
  ];
  const head = ["version", "verdict", "requests", "values", metric, "difference", "interval"];
  return [
    `${name}: ${[control, ...variants.map(({ version }) => version)].join(" against ")} by ${metric}, ${PHASES[phase]} ${formatDuration(Math.round(after))} of ${formatDuration(duration)}`,
    "",
    ...markdownTable([head, controlRow, ...rows]),
    "",
    `The intervals hold with ${formatPercent(1 - falseWinRate)} confidence over all evaluations together. Nothing is promoted automatically.`,
    ...caveats(report),
    ...(phase === "stopped" && reason !== undefined ? [`Stopped: ${reason}.`] : []),
    "",
  ].join("\n");
}

const readable = (verdict: string): string => verdict.replaceAll("-", " ");

/** What the figures do not say because users were not counted. */
function caveats({ variants, splitCheckedBy }: AbTestReport): string[] {
  const byValues = variants.some(({ unit }) => unit === "values")
    ? [
        "Users are not counted: each value counts as another user. If users have several values, the intervals are too narrow.",
      ]
    : [];
  return splitCheckedBy === undefined
    ? [...byValues, "The split is not checked, because nothing is counted by user."]
    : byValues;
}

const PHASES: Readonly<Record<AbTestReport["phase"], string>> = {
  waiting: "not started after",
  running: "running for",
  completed: "completed after",
  stopped: "stopped after",
};

/** The difference and its interval, relative to the control unless the control is 0. */
function formatRelative({ control, estimate, from, to }: Difference): [string, string] {
  const format = (value: number) =>
    control === 0
      ? signed(formatNumber(value), value)
      : signed(`${formatNumber((100 * value) / Math.abs(control))}%`, value);
  return [format(estimate), `${format(from)} to ${format(to)}`];
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text.replace("-", "−"));
