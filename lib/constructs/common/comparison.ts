import type { RuleGroup } from "../../kubernetes/prometheus-rule";
import { comparisonRules, type Comparisons } from "../../monitoring/comparison-alerts";
import { latencyFloor } from "./gates";
import type { AnyRollout, RolloutPropsBase } from "./rollout";
import { seriesOf } from "./track";

/** Alerts on what the gates compare: each candidate with the baseline. */
export function comparisonAlerts({ props, server, tracks, routing }: AnyRollout): RuleGroup[] {
  const settings = { ...props, server, gatewayMetrics: routing.router.metrics };
  const [baseline, ...candidates] = tracks.map(({ version }) => seriesOf(settings, version));
  if (baseline === undefined) return [];
  return candidates.flatMap((candidate) => comparisonRules(baseline, candidate, comparisonsOf(props)));
}

function comparisonsOf({ objectives, analysis }: RolloutPropsBase): Comparisons {
  const { metrics = [], ...comparison } = analysis;
  return {
    latencyMargin: objectives?.latencyP95 === undefined ? undefined : comparison.latencyMargin,
    latencyFloorSeconds: latencyFloor(objectives?.latencyP95 ?? 0, comparison),
    errorRateMargin: objectives?.errorRate === undefined ? undefined : comparison.errorRateMargin,
    errorRateFloor: objectives?.errorRate ?? 0,
    minimumSamples: comparison.minimumSamples,
    metrics: metrics.map(({ name: metric, direction, margin, minimumSamples }) => ({
      metric,
      higherIsBetter: direction === "higherIsBetter",
      margin,
      minimumSamples,
    })),
  };
}
