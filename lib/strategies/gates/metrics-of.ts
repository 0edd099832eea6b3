import type { Gate } from "../gate";

/** The business metrics that gates compare, without duplicates. */
export function metricsOf(gates: readonly Gate[]): readonly string[] {
  const names = gates.flatMap((gate) => (gate.kind === "metric-comparison" ? [gate.metric] : []));
  return [...new Set(names)];
}
