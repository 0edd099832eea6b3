import type { CanaryPolicy } from "../../strategies/canary/policy";
import { planCanaryStages } from "../../strategies/canary/stages";
import type { Gate } from "../../strategies/gate";
import type { CanaryAnalysis, CanaryRead } from "./checks";

/** The policy that the declared rollout is run by. */
export function canaryPolicy(
  props: CanaryRead,
  stable: string,
  canary: string,
  weights: readonly number[],
): CanaryPolicy {
  const { analysis, traffic, autoscaling } = props;
  return {
    strategy: "canary",
    stable,
    canary,
    stages: planCanaryStages(weights, traffic.interval),
    gates: canaryGates(props),
    minimumSamples: analysis.minimumSamples,
    falseAlarmRate: analysis.falseAlarmRate,
    onInsufficientData: analysis.onInsufficientData,
    maxExtensions: analysis.maxExtensions,
    capacity: { minReadyReplicas: autoscaling.minReplicas, shareOfStable: analysis.readyShare },
  };
}

/** The objectives, the comparisons that go with them, and the metrics of the business. */
function canaryGates({ objectives, analysis }: CanaryRead): Gate[] {
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
            margin: analysis.latencyMargin,
            floorSeconds: latencyFloor(latencyP95, analysis),
          },
        ];
  const errors: Gate[] =
    errorRate === undefined
      ? []
      : [
          { kind: "error-rate-objective", id: "error-rate-objective", limit: errorRate },
          { kind: "error-rate-comparison", id: "error-rate-comparison", margin: analysis.errorRateMargin },
        ];
  const business = analysis.metrics.map(({ name, ...metric }): Gate => ({
    kind: "metric-comparison",
    id: `metric-${name}`,
    metric: name,
    ...metric,
  }));
  return [...latency, ...errors, ...business];
}

/** Share of the objective up to which no latency is too slow: 2 ms against 1 ms is nothing to a promise of 100 ms. */
const FLOOR_OF_OBJECTIVE = 0.1;

/** Seconds up to which the canary may take however fast the stable track is. */
export function latencyFloor(objectiveSeconds: number, { latencyFloor: declared }: CanaryAnalysis): number {
  return declared ?? Number((objectiveSeconds * FLOOR_OF_OBJECTIVE).toPrecision(6));
}
