import type { Gate } from "../../strategies/gate";

/** What a gate judges, in a few words for a legend. */
export function gateWords(gate: Gate, baseline: string): string {
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
      return `predictions as ${baseline}'s`;
  }
}
