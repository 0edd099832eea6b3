import type { Gate } from "../gate";
import type { RequiredMetric } from "../requirements";

const { max, min } = Math;

/** The business metrics that gates compare, and others, each once. Where two differ, the stricter rule holds. */
export function metricsOf(gates: readonly Gate[], ...others: readonly RequiredMetric[]): readonly RequiredMetric[] {
  const compared = gates.flatMap((gate) => (gate.kind === "metric-comparison" ? [gate] : []));
  const byName = new Map<string, RequiredMetric>();
  for (const { metric, lowerBound, upperBound, maturitySeconds = 0 } of [...compared, ...others]) {
    const known = byName.get(metric) ?? { lowerBound, upperBound, maturitySeconds };
    byName.set(metric, {
      metric,
      lowerBound: max(lowerBound, known.lowerBound),
      upperBound: min(upperBound, known.upperBound),
      maturitySeconds: max(maturitySeconds, known.maturitySeconds ?? 0),
    });
  }
  return [...byName.values()];
}
