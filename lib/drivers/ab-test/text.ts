import { formatCount, formatDuration, formatNumber, formatPercent } from "../../core/format";
import { markdownTable } from "../../core/markdown-table";
import type { Difference } from "../../strategies/result";
import type { AbTestReport } from "./report";

/** What a test says, for people. */
export function abTestText(report: AbTestReport): string {
  const { name, control, variants, metric, after, duration, falseWinRate, requests, reason, phase } = report;
  const rows = variants.map(({ version, verdict, values, difference }) => [
    version,
    verdict.replaceAll("-", " "),
    formatCount(Math.round(requests[version] ?? 0)),
    formatCount(Math.round(values.variant)),
    difference === undefined ? "–" : formatNumber(difference.variant),
    ...(difference === undefined ? ["–", "–"] : relativeWords(difference)),
  ]);
  const [first] = variants;
  const controlRow = [
    `${control} (control)`,
    "",
    formatCount(Math.round(requests[control] ?? 0)),
    formatCount(Math.round(first?.values.control ?? 0)),
    first?.difference === undefined ? "–" : formatNumber(first.difference.control),
    "",
    "",
  ];
  const head = ["version", "verdict", "requests", "values", metric, "difference", "surely between"];
  return [
    `${name}: ${[control, ...variants.map(({ version }) => version)].join(" against ")} by ${metric}, ${PHASES[phase]} ${formatDuration(Math.round(after))} of ${formatDuration(duration)}`,
    "",
    ...markdownTable([head, controlRow, ...rows]),
    "",
    `Sure to ${formatPercent(1 - falseWinRate)}, at all looks together. Nothing is promoted by itself.`,
    ...(phase === "stopped" && reason !== undefined ? [`Stopped: ${reason}.`] : []),
    "",
  ].join("\n");
}

const PHASES: Readonly<Record<AbTestReport["phase"], string>> = {
  waiting: "not begun after",
  running: "running for",
  completed: "over after",
  stopped: "stopped after",
};

/** The difference and its interval, relative to the control where that has a size. */
function relativeWords({ control, estimate, from, to }: Difference): [string, string] {
  const words = (value: number) =>
    control === 0
      ? signed(formatNumber(value), value)
      : signed(`${formatNumber((100 * value) / Math.abs(control))}%`, value);
  return [words(estimate), `${words(from)} and ${words(to)}`];
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text.replace("-", "−"));
