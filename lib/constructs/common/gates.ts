import { roundComputed } from "../../core/format";
import type { Gate } from "../../strategies/gate";
import type { Analysis, BusinessMetric, Comparison, ParsedRolloutProps } from "./rollout-schema";

/** What a version on trial must meet: the objectives, the comparisons that go with them, and the metrics of the business. */
export function gatesOf(objectives: ParsedRolloutProps["objectives"], analysis: Analysis): Gate[] {
  return [...objectiveGates(objectives, analysis), ...analysis.metrics.map(metricGate)];
}

function objectiveGates(objectives: ParsedRolloutProps["objectives"], comparison: Comparison): Gate[] {
  const { latencyP95, errorRate } = objectives ?? {};
  const latency: Gate[] =
    latencyP95 === undefined
      ? []
      : [
          { kind: "latency-objective", id: "latency-objective", quantile: 0.95, limitSeconds: latencyP95 },
          {
            kind: "latency-comparison",
            id: "latency-comparison",
            quantile: 0.95,
            margin: comparison.latencyMargin,
            floorSeconds: latencyFloor(latencyP95, comparison),
          },
        ];
  const errors: Gate[] =
    errorRate === undefined
      ? []
      : [
          { kind: "error-rate-objective", id: "error-rate-objective", limit: errorRate },
          { kind: "error-rate-comparison", id: "error-rate-comparison", margin: comparison.errorRateMargin },
        ];
  return [...latency, ...errors];
}

function metricGate({ name, ...metric }: BusinessMetric): Gate {
  return { kind: "metric-comparison", id: `metric-${name}`, metric: name, ...metric };
}

/** Share of the objective up to which no latency is too slow: 2 ms against 1 ms is nothing to a promise of 100 ms. */
const FLOOR_OF_OBJECTIVE = 0.1;

/** Seconds up to which a version on trial may take however fast the other one is. */
export function latencyFloor(
  objectiveSeconds: number,
  { latencyFloor: declared }: Pick<Comparison, "latencyFloor">,
): number {
  return declared ?? roundComputed(objectiveSeconds * FLOOR_OF_OBJECTIVE);
}
