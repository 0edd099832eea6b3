import { formatDuration, formatPercent } from "../../core/format";
import type { Gate, LatencyComparisonGate } from "../../strategies/gate";

/** The gates in words: what is promised and what is compared about one thing stands in one phrase. */
export function gatesInWords(gates: readonly Gate[], baseline: string): string[] {
  const phrases = new Map<string, string[]>();
  for (const gate of gates) {
    const [subject, rule] = gateWords(gate, baseline);
    phrases.set(subject, [...(phrases.get(subject) ?? []), rule]);
  }
  return [...phrases].map(([subject, rules]) => `${subject} ${rules.join(" and ")}`);
}

function gateWords(gate: Gate, baseline: string): [subject: string, rule: string] {
  switch (gate.kind) {
    case "latency-objective":
      return [`p${gate.quantile * 100}`, `≤ ${formatDuration(gate.limitSeconds)}`];
    case "error-rate-objective":
      return ["errors", `≤ ${formatPercent(gate.limit)}`];
    case "latency-comparison":
      return [`p${gate.quantile * 100}`, `≤ ${baseline} + ${formatPercent(gate.margin)}${aboveFloor(gate)}`];
    case "error-rate-comparison":
      return ["errors", `≤ ${baseline} + ${formatPercent(gate.margin)}`];
    case "agreement-objective":
      return ["predictions", `agree with ${baseline}'s ≥ ${formatPercent(gate.atLeast)}`];
    case "metric-comparison":
      return [
        gate.metric,
        `${gate.direction === "higherIsBetter" ? `≥ ${baseline} −` : `≤ ${baseline} +`} ${formatPercent(gate.margin)}`,
      ];
  }
}

function aboveFloor({ floorSeconds }: LatencyComparisonGate): string {
  return floorSeconds > 0 ? ` (never below ${formatDuration(floorSeconds)})` : "";
}
