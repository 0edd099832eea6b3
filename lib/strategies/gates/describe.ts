import { formatDuration, formatList, formatPercent } from "../../core/format";
import type { Gate, LatencyComparisonGate, MetricComparisonGate } from "../gate";

/** Gates with their limits, as a timetable lists them: the rules on one subject are one phrase. */
export function formatGates(gates: readonly Gate[], baseline: string): string[] {
  const phrases = new Map<string, string[]>();
  for (const gate of gates) {
    const [subject, rule] = subjectAndRule(gate, baseline);
    phrases.set(subject, [...(phrases.get(subject) ?? []), rule]);
  }
  return [...phrases].map(([subject, rules]) => `${subject} ${rules.join(" and ")}`);
}

/** What a timetable says of the metrics whose values count on arrival; nothing where there are none. */
export function describeImmediateMetrics(gates: readonly Gate[]): string[] {
  const metrics = gates.flatMap((gate) =>
    gate.kind === "metric-comparison" && gate.maturitySeconds === undefined ? [gate.metric] : [],
  );
  if (metrics.length === 0) return [];
  return [
    `Values of ${formatList(metrics)} count on arrival. If bad values arrive sooner than good ones, or later, set \`maturity\`: otherwise a version whose requests are younger looks worse, or better, than it is.`,
  ];
}

/** What a gate judges, without its limit, as a legend names it. */
export function describeGate(gate: Gate, baseline: string): string {
  switch (gate.kind) {
    case "latency-objective":
      return `p${gate.quantile * 100} against the objective`;
    case "error-rate-objective":
      return "errors against the objective";
    case "latency-comparison":
      return `p${gate.quantile * 100} against ${baseline}`;
    case "error-rate-comparison":
      return `errors against ${baseline}`;
    case "metric-comparison":
      return `${gate.metric} against ${baseline}`;
    case "agreement-objective":
      return `predictions against ${baseline}`;
  }
}

function subjectAndRule(gate: Gate, baseline: string): [subject: string, rule: string] {
  switch (gate.kind) {
    case "latency-objective":
      return [`p${gate.quantile * 100}`, `≤ ${formatDuration(gate.limitSeconds)}`];
    case "error-rate-objective":
      return ["errors", `≤ ${formatPercent(gate.limit)}`];
    case "latency-comparison":
      return [`p${gate.quantile * 100}`, `≤ ${baseline} +${formatPercent(gate.margin)}${aboveFloor(gate)}`];
    case "error-rate-comparison":
      return ["errors", `≤ ${baseline} +${formatPercent(gate.margin)}`];
    case "agreement-objective":
      return ["predictions", `agree with ${baseline} ≥ ${formatPercent(gate.atLeast)}`];
    case "metric-comparison":
      return [
        gate.metric,
        `${gate.direction === "higherIsBetter" ? `≥ ${baseline} −` : `≤ ${baseline} +`}${formatPercent(gate.margin)}${atAge(gate)}`,
      ];
  }
}

function atAge({ maturitySeconds = 0 }: MetricComparisonGate): string {
  return maturitySeconds > 0 ? ` (counted ${formatDuration(maturitySeconds)} after the prediction)` : "";
}

function aboveFloor({ floorSeconds }: LatencyComparisonGate): string {
  return floorSeconds > 0 ? ` (never below ${formatDuration(floorSeconds)})` : "";
}
