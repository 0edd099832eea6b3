import type { Gate } from "../gate";

/** Business metrics that gates compare, each once. */
export function metricsOf(gates: readonly Gate[]): readonly string[] {
  const names = gates.flatMap((gate) => (gate.kind === "metric-comparison" ? [gate.metric] : []));
  return [...new Set(names)];
}
