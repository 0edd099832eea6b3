import type { Track } from "../../core/plan";
import type { RuleGroup } from "../../kubernetes/prometheus-rule";
import { comparisonRules } from "../../monitoring/comparison-alerts";
import { latencyFloor } from "./gates";
import type { Analysis, ParsedRolloutProps } from "./rollout-schema";
import { seriesOf } from "./track";

/** Alerts for people on what the gates between two tracks compare. */
export function comparisonAlerts(
  props: ParsedRolloutProps,
  analysis: Analysis,
  baseline: Track,
  trial: Track,
): RuleGroup[] {
  const { objectives } = props;
  return comparisonRules(seriesOf(props, baseline.version), seriesOf(props, trial.version), {
    latencyMargin: objectives?.latencyP95 === undefined ? undefined : analysis.latencyMargin,
    latencyFloorSeconds: latencyFloor(objectives?.latencyP95 ?? 0, analysis),
    errorRateMargin: objectives?.errorRate === undefined ? undefined : analysis.errorRateMargin,
    errorRateFloor: objectives?.errorRate ?? 0,
    minimumSamples: analysis.minimumSamples,
    metrics: analysis.metrics.map(({ name: metric, direction, margin, minimumSamples }) => ({
      metric,
      higherIsBetter: direction === "higherIsBetter",
      margin,
      minimumSamples,
    })),
  });
}
