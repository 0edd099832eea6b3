import { roundComputed } from "../../core/format";
import type { Gate } from "../../strategies/gate";
import type { RolloutPropsBase } from "./rollout";
import type { BusinessMetric, Comparison } from "./rollout-schema";

/** The gates of every candidate: the objectives, the comparisons that belong to them, and the business metrics. */
export function declaredGates({ objectives, analysis }: Pick<RolloutPropsBase, "objectives" | "analysis">): Gate[] {
  return [...objectiveGates(objectives, analysis), ...(analysis.metrics ?? []).map(metricGate)];
}

function objectiveGates(objectives: RolloutPropsBase["objectives"], comparison: Comparison): Gate[] {
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
  return { kind: "metric-comparison", id: `metric-${name}`, metric: name, ...withMaturity(metric) };
}

/** A metric as a policy has it: one whose values count on arrival has no maturity. */
export function withMaturity<Metric extends { readonly maturity: number }>({
  maturity,
  ...metric
}: Metric): Omit<Metric, "maturity"> & { readonly maturitySeconds?: number } {
  return { ...metric, ...(maturity > 0 && { maturitySeconds: maturity }) };
}

/** Share of the objective up to which no latency is too slow: 2ms against 1ms does not matter if the objective is 100ms. */
const FLOOR_OF_OBJECTIVE = 0.1;

/** Latency in seconds up to which a candidate is never too slow, however fast the baseline is. */
export function latencyFloor(
  objectiveSeconds: number,
  { latencyFloor: declared }: Pick<Comparison, "latencyFloor">,
): number {
  return declared ?? roundComputed(objectiveSeconds * FLOOR_OF_OBJECTIVE);
}
